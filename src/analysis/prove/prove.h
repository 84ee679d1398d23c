#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/prove/op_proof.h"
#include "base/callbacks.h"
#include "profile/open_parameters.h"
#include "session/session.h"

namespace nputwin {

/// What is shown of one op of two sides.
struct ProvenOp {
  NodeId node;
  std::string op, name;  ///< of its first output
  OpProof proof;
  Evidence rule_a, rule_b;     ///< how each side's rule is known: the proof rests on it
  std::vector<Tensor> inputs;  ///< of the example: what the op gets, in the order of its inputs; constants are left out
};

/// Of a whole model.
struct Proof {
  std::vector<ProvenOp> ops;       ///< those that are run
  std::map<int, CodeRange> codes;  ///< of tensors that are no constants and cannot have all codes of their type
  bool whole = true;               ///< all ops of the model are run
  bool stopped = false;            ///< before all ops were looked at

  [[nodiscard]] std::size_t count(ProofVerdict verdict) const;
  /// Every op that is run is equal, so all that they make is, for all inputs.
  [[nodiscard]] bool equal() const { return !stopped && count(ProofVerdict::kEqual) == ops.size(); }
};

/// A proof where one parameter of one profile has another value, which evidence does not exclude.
struct OpenProof {
  const OpenParameter* parameter = nullptr;
  std::string error;  ///< why there is no proof; empty: there is
  Proof proof;
};

/// Proves each op of two sides in order, on all codes that it can get: the type's, but where what comes before makes
/// fewer (constants, activations, the reach of sums). Each example is replayed through both kernels; one that does not
/// hold there is a fault of this library and an error. The sessions run one model.
[[nodiscard]] Result<Proof> prove(Session& a, Session& b, const Callbacks& callbacks = {});

}  // namespace nputwin
