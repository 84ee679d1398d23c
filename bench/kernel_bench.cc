// nputwin_kernel_bench [--isa NAME[,NAME…]] [--profile NAME] [--rounds N] [--only TEXT] [--json FILE]
//
// Whole layers beside the machine's own peak of multiply-adds, measured in the same run: the peaks and all layers in
// turns, the best of N rounds each, one thread. A layer is prepared as a model's: whatever form the profile's layer
// gets is measured and named. --isa: instruction sets as `nputwin isas` lists them, or all; otherwise the best.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "base/file.h"
#include "io/json.h"
#include "layers.h"
#include "mac/mac_kernel.h"
#include "peak.h"
#include "profile/profile.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::vector<Isa> isas{available_isas().front()};
  std::string profile = "litert-2.3-x86", json, only;
  int rounds = 7;
};

Result<std::vector<Isa>> read_isas(const std::string& text) {
  if (text == "all") return available_isas();
  std::vector<Isa> isas;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    NPUTWIN_ASSIGN_OR_RETURN(Isa isa, find_isa(text.substr(at, end - at)));
    isas.push_back(std::move(isa));
    at = end + 1;
  }
  return isas;
}

Result<Arguments> read_arguments(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (i + 1 == argc) return error("{}: expected a value behind it", option);
    if (option == "--isa") {
      NPUTWIN_ASSIGN_OR_RETURN(a.isas, read_isas(value));
    } else if (option == "--profile") {
      a.profile = value;
    } else if (option == "--rounds") {
      a.rounds = std::max(1, std::atoi(value.c_str()));
    } else if (option == "--only") {
      a.only = value;
    } else if (option == "--json") {
      a.json = value;
    } else {
      return error("{}: expected --isa, --profile, --rounds, --only or --json", option);
    }
  }
  return a;
}

/// Nanoseconds of one call of `work`, over so many calls that a clock's reading does not count.
template <typename Work>
double once(long& calls, const Work& work) {
  constexpr double kLeast = 4e6;
  for (;; calls *= 2) {
    const auto start = Clock::now();
    work(calls);
    const std::chrono::duration<double, std::nano> spent = Clock::now() - start;
    if (spent.count() >= kLeast || calls > std::numeric_limits<int>::max())
      return spent.count() / static_cast<double>(calls);
  }
}

/// Something that is timed again and again.
struct Timed {
  std::int64_t products = 0;  ///< of one call
  long calls = 1;             ///< at a time
  double best = std::numeric_limits<double>::infinity();

  template <typename Work>
  void add(const Work& work) {
    best = std::min(best, once(calls, work));
  }
  [[nodiscard]] double gmacs() const { return static_cast<double>(products) / best; }
};

struct TimedPeak : Timed {
  Peak peak;
};

struct TimedLayer : Timed {
  LayerShape shape;
  Isa isa;
  KernelForm form;
  std::unique_ptr<Session> session;
};

Result<TimedLayer> prepare(const LayerShape& shape, const Isa& isa, const Profile& profile) {
  TimedLayer layer;
  layer.shape = shape;
  layer.isa = isa;
  SessionOptions options;
  options.isa = isa;
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(layer_model(shape), profile, options));
  layer.session = std::make_unique<Session>(std::move(session));
  const std::vector<TensorSpec> specs{layer.session->input_spec(0)};
  const std::vector<InputArgument> noise{"noise:1"};
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, noise));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(0));
  NPUTWIN_RETURN_IF_ERROR(layer.session->set_inputs(sample));
  NPUTWIN_RETURN_IF_ERROR(layer.session->run());
  const Kernel& kernel = *layer.session->kernel(0);
  layer.form = kernel.form();
  layer.products = mac_kernel_of(kernel)->layer().products(layer.session->output(0).spec->elements());
  return layer;
}

/// The best peak of the instructions that kernels for the instruction set may use.
const TimedPeak* peak_of(const std::vector<TimedPeak>& peaks, const Isa& isa) {
  const TimedPeak* best = nullptr;
  for (const TimedPeak& p : peaks) {
    const bool is_for = std::ranges::find(p.peak.isas, isa.name) != p.peak.isas.end();
    if (is_for && (best == nullptr || p.gmacs() > best->gmacs())) best = &p;
  }
  return best;
}

std::string form_text(const KernelForm& form) {
  std::string text = form.name;
  for (const KernelForm& epilogue : form.epilogues) text += fmt::format(", {}", epilogue.name);
  return text;
}

void print(const std::vector<TimedPeak>& peaks, const std::vector<TimedLayer>& layers) {
  fmt::print("{:<34} {:>8}\n", "registers only", "GMAC/s");
  for (const TimedPeak& p : peaks) fmt::print("{:<34} {:>8.1f}\n", p.peak.instruction, p.gmacs());
  fmt::print("\n{:<34} {:<8} {:>9} {:>8} {:>8}  {}\n", "layer (* big)", "isa", "us", "GMAC/s", "of peak", "form");
  for (const TimedLayer& l : layers) {
    const TimedPeak* peak = peak_of(peaks, l.isa);
    fmt::print("{:<34} {:<8} {:>9.1f} {:>8.1f} {:>8}  {}\n", l.shape.name() + (l.shape.is_big(l.products) ? " *" : ""),
               l.isa.name, l.best / 1e3, l.gmacs(),
               peak == nullptr ? "" : fmt::format("{:.0f} %", 100 * l.gmacs() / peak->gmacs()), form_text(l.form));
  }
}

std::string to_json(const Arguments& a, const std::vector<TimedPeak>& peaks, const std::vector<TimedLayer>& layers) {
  Json json{{"profile", a.profile}, {"rounds", a.rounds}, {"peaks", Json::array()}, {"layers", Json::array()}};
  for (const TimedPeak& p : peaks)
    json["peaks"].push_back(
        {{"instruction", p.peak.instruction}, {"isas", p.peak.isas}, {"gmac_per_second", p.gmacs()}});
  for (const TimedLayer& l : layers) {
    Json row{{"layer", l.shape.name()},
             {"big", l.shape.is_big(l.products)},
             {"isa", l.isa.name},
             {"form", l.form.name},
             {"epilogue", l.form.epilogues.empty() ? "" : l.form.epilogues[0].name},
             {"microseconds", l.best / 1e3},
             {"gmac_per_second", l.gmacs()}};
    if (const TimedPeak* peak = peak_of(peaks, l.isa)) row["percent_of_peak"] = 100 * l.gmacs() / peak->gmacs();
    json["layers"].push_back(std::move(row));
  }
  return to_text(json);
}

Status run(const Arguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, find_profile(a.profile));
  std::vector<TimedPeak> peaks;
  for (Peak& peak : bench::peaks()) {
    TimedPeak& timed = peaks.emplace_back();
    timed.products = peak.products;
    timed.peak = std::move(peak);
  }
  std::vector<TimedLayer> layers;
  for (const LayerShape& shape : layer_shapes()) {
    if (shape.name().find(a.only) == std::string::npos) continue;
    for (const Isa& isa : a.isas) {
      NPUTWIN_ASSIGN_OR_RETURN(TimedLayer layer, prepare(shape, isa, profile));
      layers.push_back(std::move(layer));
    }
  }
  for (int round = 0; round < a.rounds; ++round) {
    for (TimedPeak& p : peaks) p.add(p.peak.loop);
    for (TimedLayer& l : layers) {
      Status status;
      l.add([&](long calls) {
        for (long i = 0; i < calls && status; ++i) status = l.session->run();
      });
      NPUTWIN_RETURN_IF_ERROR(status);
    }
  }
  print(peaks, layers);
  return a.json.empty() ? Status() : write_file_whole(a.json, to_json(a, peaks, layers));
}

}  // namespace
}  // namespace nputwin::bench

int main(int argc, char** argv) {
  const auto arguments = nputwin::bench::read_arguments(argc, argv);
  const nputwin::Status done = arguments ? nputwin::bench::run(*arguments) : nputwin::Status(arguments.error());
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 2;
}
