// Any bytes as a model: they are refused, or the model is prepared and, if small, run. Never a crash, a hang, or memory
// beyond the limit.

#include <cstddef>
#include <cstdint>

#include "graph/session.h"
#include "io/tflite_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nputwin;
  auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(data, size))), "fuzz");
  if (!model) return 0;
  SessionOptions options;
  options.memory_limit = std::size_t{64} << 20;
  const auto profiles = builtin_profiles();
  (void)Session::unsupported_ops(**model, profiles[size % profiles.size()]);
  auto session = Session::prepare(*model, profiles[size % profiles.size()], options);
  if (!session) return 0;
  // Work that a small file can ask for without needing memory is bounded by time elsewhere; here only small ones run.
  std::int64_t elements = 0;
  for (const auto& tensor : session->graph().tensors) elements += tensor.spec.elements();
  if (elements < 100'000) session->run();
  return 0;
}
