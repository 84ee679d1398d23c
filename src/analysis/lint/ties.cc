// Sums that fall halfway between two codes, where half up, half to even and half away from zero part.
//
// With M = N / D in lowest terms, sum * M is halfway exactly where sum = D/2 * (an odd number): one sum in D, if D is
// even, none if it is odd. Scales are binary32, and runtimes form M of them in several ways, all within 2^-22: nearer
// fractions count as M.

#include <cmath>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

constexpr std::int64_t kLargestDenominator = 1024;  // ties of fewer than a sum in a thousand are not frequent

/// The share of sums that are ties: 1/D for the first fraction N/D within 2^-22 of M with an even D; 0 where there is
/// none.
double share_of_ties(double m) {
  if (!(m > 0)) return 0;
  const double tolerance = std::ldexp(m, -22);
  // The convergents of the continued fraction of M, each the nearest of all fractions with no larger D.
  std::int64_t n0 = 0, d0 = 1, n1 = 1, d1 = 0;
  double rest = m;
  for (int i = 0; i < 64; ++i) {
    if (!(rest < 1e9)) return 0;
    const auto whole = static_cast<std::int64_t>(rest);
    const std::int64_t n = whole * n1 + n0, d = whole * d1 + d0;
    if (d > kLargestDenominator) return 0;
    if (std::abs(static_cast<double>(n) / static_cast<double>(d) - m) <= tolerance)
      return d % 2 == 0 ? 1 / static_cast<double>(d) : 0;
    n0 = n1, d0 = d1, n1 = n, d1 = d;
    rest = 1 / (rest - static_cast<double>(whole));
  }
  return 0;
}

/// How many numbers a pool or mean adds up for one output; 0: the node is none, or that is not known.
std::int64_t count_of_average(const Context& context, NodeId id, const Node& node) {
  if (node.op == "AVERAGE_POOL_2D")
    return node.attributes.integer("filter_height") * node.attributes.integer("filter_width");
  if (node.op != "MEAN" || !id.in_main() || node.inputs.empty() || node.inputs[0] < 0) return 0;
  const auto elements = [&](int t) { return context.specs[static_cast<std::size_t>(t)].elements(); };
  const std::int64_t made = elements(node.outputs[0]);
  return made > 0 ? elements(node.inputs[0]) / made : 0;
}

void tell_of_ties(NodeId id, int output, double share, const std::string& what, Findings& findings) {
  constexpr double kOften = 0.01, kSeldom = 0.001;
  if (share < kSeldom) return;
  findings.add(
      share >= kOften ? Severity::kWarning : Severity::kNote, id, output,
      fmt::format("{:.2g} % of the sums are halfway between two codes ({}): devices that round halves "
                  "differently part there",
                  100 * share, what),
      "choose an output scale that is no simple fraction of s_in x s_w, or a runtime with the device's rounding");
}

void of_layer(const Layer& layer, Findings& findings) {
  if (!layer.scaled()) return;
  double sum = 0, largest = 0;
  std::size_t channels = 0, worst = 0;
  for (std::size_t c = 0; c < layer.channels(); ++c) {
    const double share = share_of_ties(layer.multiplier(c));
    if (share > 0) ++channels;
    if (share > largest) largest = share, worst = c;
    sum += share;
  }
  if (channels == 0) return;
  tell_of_ties(layer.id, layer.output, sum / static_cast<double>(layer.channels()),
               fmt::format("{}; s_in x s_w / s_out is {:.6g} in channel {}", channels_text(channels, layer.channels()),
                           layer.multiplier(worst), worst),
               findings);
}

}  // namespace

void ties(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) { of_layer(layer, findings); });
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    const std::int64_t count = count_of_average(context, id, node);
    if (count < 2) return;
    const TensorSpec &in = graph.spec(node.inputs[0]), &out = graph.spec(node.outputs[0]);
    if (!is_codes(out.type) || !in.quantization.per_tensor() || !out.quantization.per_tensor()) return;
    const double m = double{in.scale()} / double{out.scale()} / static_cast<double>(count);
    tell_of_ties(id, node.outputs[0], share_of_ties(m), fmt::format("it averages {} numbers", count), findings);
  });
}

}  // namespace nputwin::lint_rules
