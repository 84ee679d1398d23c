#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/tflite/reader.h"
#include "session/session.h"

namespace nputwin::api {

struct InspectOptions {
  ModelFile model;
  std::string profile;  ///< that is to run it
  SessionOptions session;
};

struct Inspected {
  std::shared_ptr<const Model> model;
  std::string profile;                 ///< its name
  std::vector<NodeCoverage> coverage;  ///< one an op
  /// Whether the profile computes every op.
  [[nodiscard]] bool runs() const;
};

/// Reads a model and says of each op by whose rule the profile would compute it. The model need not be able to run.
[[nodiscard]] Result<Inspected> inspect(const InspectOptions& options);

}  // namespace nputwin::api
