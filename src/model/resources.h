#pragma once

#include "model/model.h"

namespace nputwin {

/// Gives each resource of the main graph (VAR_HANDLE's container and name) a variable tensor of its own, to which
/// READ_VARIABLE and ASSIGN_VARIABLE then refer, and takes its first value from what CALL_ONCE's subgraphs assign.
/// Type and shape are those of the first value, else of the first tensor that is read or assigned. Ops that this
/// cannot follow keep their handles, which no op takes.
void resolve_resources(Model& model);

}  // namespace nputwin
