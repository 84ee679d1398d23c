#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "base/result.h"
#include "base/thread_pool.h"
#include "fixed/trace.h"
#include "kernels/definition.h"
#include "kernels/kernel_form.h"
#include "tensor/tensor.h"

namespace nputwin {

/// Largest vector, in bytes: how far a vector may read past the end of a buffer.
inline constexpr std::int64_t kVectorSlack = 128;

/// Why a node could not be computed: what its inputs' values do not allow.
struct RunFault {
  std::string message;  ///< empty: nothing went wrong
};

struct RunContext {
  std::span<const TensorView> inputs;
  std::span<const MutableTensorView> outputs;
  std::span<const MutableTensorView> state;  ///< the inputs that are variables, in order, to be written
  std::span<std::byte> scratch;              ///< at least Kernel::scratch_bytes(), aligned to 64
  const ThreadPool* pool = nullptr;
  RunFault* fault = nullptr;  ///< gets the first fault; null: nobody asks

  /// From the thread that runs the kernel. The outputs do not count then.
  void fail(std::string message) const {
    if (fault != nullptr && fault->message.empty()) fault->message = std::move(message);
  }
};

/// A node that is ready to run: everything that needs memory or can fail, whatever the values, has happened.
class Kernel {
 public:
  Kernel() = default;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;
  /// Fills the outputs from the inputs; values that the op does not allow are told to context.fail(). Allocates nothing
  /// else. Buffers have kVectorSlack readable spare bytes.
  virtual void run(const RunContext& context) const = 0;
  [[nodiscard]] virtual std::size_t scratch_bytes() const { return 0; }
  /// Computes one element of output `output` again, by the op's definition, and notes in `trace` the inputs that count
  /// and each step; the last step is what run() gives. False: the op has no steps to show, it only moves values.
  virtual bool explain(const RunContext& /*context*/, std::size_t /*output*/, std::int64_t /*element*/,
                       Trace& /*trace*/) const {
    return false;
  }
  /// The elements of output 0 as functions that can be asked for any codes, not for those of one run; null: they are
  /// functions of more than Definition can say, or nobody has written it. `context`: the inputs' specs and the values
  /// of constants. Valid while the kernel lives.
  [[nodiscard]] virtual std::unique_ptr<Definition> definition(const RunContext& /*context*/) const { return nullptr; }
  /// All numbers that are made on the way to the outputs by rules that two profiles can have differently; the rest of
  /// the way is the same for all kernels of this class and node. So two of them whose steps are equal are equal. None:
  /// nobody has written them. `context` as above.
  [[nodiscard]] virtual std::vector<InnerStep> steps(const RunContext& /*context*/) const { return {}; }
  /// Whether `other`, a kernel of the same node, gives the same outputs for all inputs because it is of the same class
  /// and has the same parameters. False says nothing. See ComparableKernel.
  [[nodiscard]] virtual bool same_as(const Kernel& /*other*/) const { return false; }
  /// Every element of the outputs is one of an input of the same type, or a padding: the output's zero point or code 0.
  /// Which one depends on inputs of other types alone, or is the largest of some.
  [[nodiscard]] virtual bool only_moves() const { return false; }
  /// Which form runs. Most ops have the scalar definition alone.
  [[nodiscard]] virtual KernelForm form() const { return {}; }
};

/// A kernel whose class Self has parameters(): all that decides its outputs beside the inputs, as what can be compared,
/// such as std::tie of its members.
template <typename Self>
class ComparableKernel : public Kernel {
 public:
  [[nodiscard]] bool same_as(const Kernel& other) const final {
    const auto* same_class = dynamic_cast<const Self*>(&other);
    return same_class != nullptr && static_cast<const Self*>(this)->parameters() == same_class->parameters();
  }

 private:
  ComparableKernel() = default;
  friend Self;
};

/// Runs a kernel; the error is what its inputs' values do not allow.
[[nodiscard]] inline Status run_kernel(const Kernel& kernel, RunContext context) {
  RunFault fault;
  context.fault = &fault;
  kernel.run(context);
  if (fault.message.empty()) return {};
  return Error{std::move(fault.message)};
}

}  // namespace nputwin
