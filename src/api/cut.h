#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/callbacks.h"
#include "io/tflite/reader.h"
#include "report/cut_report.h"

namespace nputwin::api {

struct CutOptions {
  ModelFile model;
  std::string folder;                         ///< to write to; it is made where there is none
  bool every_layer = false;                   ///< for each op the model that ends with its outputs
  std::string layers;                         ///< or "FIRST:LAST", both included, each as find_layer takes it
  std::string layer;                          ///< or one
  std::map<std::string, Shape> input_shapes;  ///< of the whole model, by name; others as the file says
};

struct CutResult {
  std::shared_ptr<const Model> model;
  std::vector<report::WrittenCut> written;
  std::size_t planned = 0;  ///< files; fewer are written, each whole, where the work was stopped
};

/// Writes parts of a model as models of their own. Notes which ops have no output to end one with.
[[nodiscard]] Result<CutResult> cut(const CutOptions& options, const Callbacks& callbacks = {});

}  // namespace nputwin::api
