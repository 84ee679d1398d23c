#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/thread_pool.h"
#include "kernels/kernel_form.h"
#include "tensor/tensor.h"

namespace nputwin {

/// Largest vector, in bytes: how far a vector may read past the end of a buffer.
inline constexpr std::int64_t kVectorSlack = 128;

struct RunContext {
  std::span<const TensorView> inputs;
  std::span<const MutableTensorView> outputs;
  std::span<const MutableTensorView> state;  ///< the inputs that are variables, in order, to be written
  std::span<std::byte> scratch;              ///< at least Kernel::scratch_bytes(), aligned to 64
  const ThreadPool* pool = nullptr;
};

/// A node that is ready to run: everything that can fail or needs memory has happened.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;
  /// Fills the outputs from the inputs. Cannot fail; allocates nothing. Buffers have kVectorSlack readable spare bytes.
  virtual void run(const RunContext& context) const = 0;
  [[nodiscard]] virtual std::size_t scratch_bytes() const { return 0; }
  /// Which form runs. Most ops have the scalar definition alone.
  [[nodiscard]] virtual KernelForm form() const { return {}; }
};

}  // namespace nputwin
