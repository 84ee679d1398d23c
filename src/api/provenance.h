#pragma once

#include "api/diff.h"
#include "report/provenance.h"

namespace nputwin::api {

/// What a comparison is of: the sha256 of the model's file, of the profiles' documents and of the input files among it.
/// The samples, the command and the version are left for the caller to say.
[[nodiscard]] Result<report::Provenance> provenance_of(const DiffOptions& options);

/// The part of it that no file and no profile has to be read for.
[[nodiscard]] report::Provenance premises_of(const DiffOptions& options);

/// An input source with the sha256 of what it reads, `[NAME=]PATH[,OPTIONS]` taken apart by what is there to be read.
[[nodiscard]] Result<report::InputSource> hashed_source(const InputArgument& argument);

}  // namespace nputwin::api
