#pragma once

#include <string>
#include <vector>

#include "api/diff.h"
#include "report/provenance.h"

namespace nputwin::api {

/// An exact result of some samples of a comparison, which can be written, read and merged with that of others.
struct Partial {
  DiffOptions options;
  std::string model_sha256;                 ///< of the file
  std::string profile_a, profile_b;         ///< sha256 of the profiles' documents; empty for recordings
  std::vector<report::InputSource> inputs;  ///< with their hashes
  std::size_t all = 0;                      ///< samples that the inputs hold
  std::vector<SampleRange> samples;         ///< that the result is of: rising, none twice, none empty
  DiffResult result;

  /// The samples that it is not of, as "3:7, 9:10"; empty where it is of all.
  [[nodiscard]] std::string missing() const;
};

/// What the result is of. A result that was put together has no command.
[[nodiscard]] report::Provenance provenance_of(const Partial& partial, const std::string& version);

[[nodiscard]] Result<Partial> make_partial(const DiffOptions& options, const Diffed& diffed);

/// A JSON document: exact integers, exact sums as hexadecimal floats. The file appears whole or not at all.
[[nodiscard]] Status write_partial(const std::string& path, const Partial& partial);
/// The error names the file and what is wrong in it: no such document, another version, a field.
[[nodiscard]] Result<Partial> read_partial(const std::string& path);

/// Reads and adds up partial results, whatever their order; the result equals that of one comparison of all samples, to
/// the last bit. Parts of other models, sides, inputs or options, and samples that two parts hold, are an error, which
/// names both files and what differs.
[[nodiscard]] Result<Partial> merge_partials(const std::vector<std::string>& paths);

}  // namespace nputwin::api
