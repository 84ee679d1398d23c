#include "report/layer_times_report.h"

#include <algorithm>
#include <map>

#include "base/plural.h"
#include "report/kernel_report.h"
#include "report/not_run_report.h"
#include "report/text_table.h"

namespace nputwin::report {
namespace {

/// Of a type of op, all of its layers together.
struct TypeTimes {
  std::string type;
  std::size_t ops = 0;
  double milliseconds = 0;
  double of_products = 0;  ///< milliseconds of its multiply-accumulate layers
  std::int64_t products = 0;
};

std::vector<TypeTimes> by_type(const LayerTimes& times) {
  std::map<std::string, TypeTimes> types;
  for (const LayerTimes::Layer& layer : times.layers) {
    TypeTimes& type = types[layer.type];
    type.type = layer.type;
    ++type.ops;
    type.milliseconds += layer.milliseconds;
    type.products += layer.products;
    if (layer.products > 0) type.of_products += layer.milliseconds;
  }
  std::vector<TypeTimes> list;
  list.reserve(types.size());
  for (auto& [name, type] : types) list.push_back(std::move(type));
  std::ranges::stable_sort(list, std::greater<>(), &TypeTimes::milliseconds);
  return list;
}

double share_percent(double milliseconds, const LayerTimes& times) {
  const double all = times.of_layers();
  return all > 0 ? 100 * milliseconds / all : 0;
}

/// 10^9 products a second; nothing where there are none, or less time than a clock shows.
std::optional<double> gmacs(std::int64_t products, double milliseconds) {
  if (products == 0 || milliseconds <= 0) return {};
  return static_cast<double>(products) / (milliseconds * 1e6);
}

std::string gmacs_text(std::int64_t products, double milliseconds) {
  const auto rate = gmacs(products, milliseconds);
  return rate ? fmt::format("{:.1f}", *rate) : "";
}

std::string form_words(const KernelForm& form) {
  return form.isa == "scalar" ? form.name : fmt::format("{} on {}", form.name, form.isa);
}

/// The form, and those of the epilogue where they are others than the one that goes with it.
std::string kernel_words(const std::optional<KernelForm>& kernel) {
  if (!kernel) return "none";
  std::string text = form_words(*kernel);
  for (const KernelForm& epilogue : kernel->epilogues) {
    if (epilogue.isa != kernel->isa) text += fmt::format(", epilogue {}", form_words(epilogue));
  }
  return text;
}

Json rate_json(std::int64_t products, double milliseconds) {
  const auto rate = gmacs(products, milliseconds);
  return rate ? Json(*rate) : Json(nullptr);
}

}  // namespace

std::string layer_times_text(const LayerTimes& times, std::size_t columns) {
  constexpr std::size_t kName = 2, kLeastName = 12;
  TextTable layers(
      {{"op"}, {"type", true}, {"output", true}, {"shape", true}, {"ms"}, {"share"}, {"GMAC/s"}, {"kernel", true}});
  std::size_t taken = 0;
  for (const LayerTimes::Layer& layer : times.layers) {
    layers.add({std::to_string(layer.node.index), layer.type, layer.output, to_string(layer.shape),
                fmt::format("{:.4f}", layer.milliseconds),
                fmt::format("{:.1f} %", share_percent(layer.milliseconds, times)),
                gmacs_text(layer.products, layer.milliseconds), kernel_words(layer.kernel)});
  }
  for (std::size_t c = 0; c < 8; ++c) taken += c == kName ? 1 : layers.longest(c) + 1;
  layers.set_width(kName, std::max(columns - std::min(columns, taken), kLeastName));
  TextTable types({{"type", true}, {"ops"}, {"ms"}, {"share"}, {"GMAC/s"}});
  for (const TypeTimes& type : by_type(times)) {
    types.add({type.type, std::to_string(type.ops), fmt::format("{:.4f}", type.milliseconds),
               fmt::format("{:.1f} %", share_percent(type.milliseconds, times)),
               gmacs_text(type.products, type.of_products)});
  }
  return fmt::format("{:.4f} ms a run on {} with {}: medians of {}\n", times.milliseconds, times.isa,
                     counted(times.threads, "thread"), counted(times.runs, "run")) +
         layers.text() + "\n" + types.text();
}

std::string layer_times_json(const std::string& model, const std::string& profile, const LayerTimes& times,
                             const NotRun& not_run) {
  Json json{{"model", model},           {"profile", profile},    {"isa", times.isa},
            {"threads", times.threads}, {"runs", times.runs},    {"milliseconds", times.milliseconds},
            {"layers", Json::array()},  {"types", Json::array()}};
  for (const LayerTimes::Layer& layer : times.layers) {
    json["layers"].push_back({{"op", layer.node.index},
                              {"type", layer.type},
                              {"output", layer.output},
                              {"shape", layer.shape},
                              {"milliseconds", layer.milliseconds},
                              {"percent", share_percent(layer.milliseconds, times)},
                              {"products", layer.products},
                              {"gmac_per_second", rate_json(layer.products, layer.milliseconds)},
                              {"kernel", kernel_json(layer.kernel)}});
  }
  for (const TypeTimes& type : by_type(times)) {
    json["types"].push_back({{"type", type.type},
                             {"ops", type.ops},
                             {"milliseconds", type.milliseconds},
                             {"percent", share_percent(type.milliseconds, times)},
                             {"gmac_per_second", rate_json(type.products, type.of_products)}});
  }
  if (!not_run.ops.empty()) json["not_run"] = not_run_json(not_run);
  return to_text(json);
}

}  // namespace nputwin::report
