#pragma once

#include <span>
#include <string>

#include "model/cut.h"

namespace nputwin::report {

/// A part of a model that was written as a model of its own.
struct WrittenCut {
  std::string file;
  Cut cut;
};

/// A line a file: its ops, inputs and outputs.
[[nodiscard]] std::string cuts_text(const Graph& graph, std::span<const WrittenCut> cuts);

/// [{"file", "ops": [index], "inputs": [{"tensor", "name", "dtype", "shape"}], "outputs": likewise}]
[[nodiscard]] std::string cuts_json(const Graph& graph, std::span<const WrittenCut> cuts);

}  // namespace nputwin::report
