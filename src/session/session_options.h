#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/isa.h"
#include "tensor/shape.h"

namespace nputwin {

struct SharedParts;

struct SessionOptions {
  Isa isa = available_isas().front();
  int threads = 1;
  std::size_t memory_limit = std::size_t{4} << 30;  ///< for activations and scratch
  std::map<std::string, Shape> input_shapes;        ///< by input name; others as the file says
  std::int64_t most_iterations = 1'000'000;         ///< of a WHILE; a run that needs more fails
  std::vector<std::string> on_cpu;                  ///< ops that the delegate must not claim; see Placement::of
  /// What sessions share: parts of kernels that one has prepared serve the others. Null: each has its own.
  std::shared_ptr<SharedParts> parts = nullptr;
};

}  // namespace nputwin
