// nputwin_model_runner MODEL PROFILE ISA THREADS: prepares the model on noise:1, then for each line N on
// stdin runs it N times and prints the nanoseconds that took. tools/bench.py alternates it with a real
// runtime.

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {
namespace {

Result<Session> prepare(char** argv) {
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, find_profile(argv[2]));
  SessionOptions options;
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, find_isa(argv[3]));
  options.threads = std::atoi(argv[4]);
  NPUTWIN_ASSIGN_OR_RETURN(auto model, read_tflite(argv[1]));
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(std::move(model), std::move(profile), options));
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < session.graph().inputs.size(); ++k) specs.push_back(session.input_spec(k));
  const std::vector<InputArgument> noise = {"noise:1"};
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, noise));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(0));
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
  return session;
}

}  // namespace
}  // namespace nputwin

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: %s MODEL PROFILE ISA THREADS\n", argv[0]);
    return 2;
  }
  auto session = nputwin::prepare(argv);
  if (!session) {
    std::fprintf(stderr, "%s\n", session.error().message.c_str());
    return 2;
  }
  long count = 0;
  while (std::scanf("%ld", &count) == 1) {
    const auto start = std::chrono::steady_clock::now();
    for (long i = 0; i < count; ++i) {
      if (const auto status = session->run(); !status) {
        std::fprintf(stderr, "%s\n", status.error().message.c_str());
        return 2;
      }
    }
    const auto spent = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start);
    std::printf("%lld\n", static_cast<long long>(spent.count()));
    std::fflush(stdout);
  }
  return 0;
}
