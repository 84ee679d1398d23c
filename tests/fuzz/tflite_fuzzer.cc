// Any bytes as a model: they are refused, or the model is prepared and, if small, run. Never a crash, a hang,
// or memory beyond the limit.

#include <cstddef>
#include <cstdint>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "session/session.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nputwin;
  auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(data, size))), "fuzz");
  if (!model) return 0;
  SessionOptions options;
  options.memory_limit = std::size_t{64} << 20;
  const auto profiles = builtin_profiles();
  (void)Session::coverage(**model, profiles[size % profiles.size()], options);
  auto session = Session::prepare(*model, profiles[size % profiles.size()], options);
  if (!session) return 0;
  // A small file can ask for any amount of work without asking for memory; here only small work is done.
  std::int64_t elements = 0;
  for (std::size_t k = 0; k < session->graph().inputs.size(); ++k) elements += session->input_spec(k).elements();
  for (std::size_t i = 0; i < session->graph().nodes.size(); ++i) {
    for (const auto& output : session->node_outputs(i)) elements += output.spec->elements();
  }
  if (elements < 5'000) (void)session->run();
  return 0;
}
