// nputwin_model_runner MODEL PROFILE ISA THREADS: one side of tools/bench, which alternates it with real runtimes.
// Prepares the model, then runs it once on noise:1. Words on stdin are asked, numbers on stdout are answered, a line
// each:
//
//   (at once)   nanoseconds of reading and preparing the model
//   N           runs it N times: nanoseconds, and those of them that the processor worked for this process
//   memory      the process's peak in kilobytes: before the model was read, and so far

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t nanoseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
}

/// Not getrusage(): its peak is also that of the process that started this one.
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    long kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

Result<Session> prepare(char** argv) {
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, find_profile(argv[2]));
  SessionOptions options;
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, find_isa(argv[3]));
  options.threads = std::atoi(argv[4]);
  NPUTWIN_ASSIGN_OR_RETURN(auto model, read_tflite(argv[1]));
  return Session::prepare(std::move(model), std::move(profile), options);
}

Status set_noise(Session& session) {
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < session.graph().inputs.size(); ++k) specs.push_back(session.input_spec(k));
  const std::vector<InputArgument> noise = {"noise:1"};
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, noise));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(0));
  return session.set_inputs(sample);
}

Status serve(char** argv) {
  const long before = peak_kilobytes();
  const auto start = Clock::now();
  NPUTWIN_ASSIGN_OR_RETURN(Session session, prepare(argv));
  const auto prepared = nanoseconds_since(start);
  NPUTWIN_RETURN_IF_ERROR(set_noise(session));
  NPUTWIN_RETURN_IF_ERROR(session.run());
  std::cout << prepared << std::endl;
  for (std::string word; std::cin >> word;) {
    if (word == "memory") {
      std::cout << before << ' ' << peak_kilobytes() << std::endl;
      continue;
    }
    const auto first = Clock::now();
    const std::clock_t worked = std::clock();
    for (long left = std::atol(word.c_str()); left > 0; --left) NPUTWIN_RETURN_IF_ERROR(session.run());
    const auto spent = nanoseconds_since(first);
    std::cout << spent << ' ' << (std::clock() - worked) * (1'000'000'000 / CLOCKS_PER_SEC) << std::endl;
  }
  return {};
}

}  // namespace
}  // namespace nputwin

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: " << argv[0] << " MODEL PROFILE ISA THREADS\n";
    return 2;
  }
  const nputwin::Status served = nputwin::serve(argv);
  if (served) return 0;
  std::cerr << served.error().message << '\n';
  return 2;
}
