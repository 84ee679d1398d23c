#include "api/diff.h"

#include <algorithm>

#include "analysis/agree/characterise.h"
#include "api/bounds.h"
#include "api/nearest_advice.h"
#include "api/part.h"
#include "io/tflite/reader.h"

namespace nputwin::api {
namespace {

Result<SampleRange> checked(const std::optional<SampleRange>& asked, std::size_t all) {
  if (!asked) return SampleRange{0, all};
  if (asked->first >= asked->last || asked->last > all)
    return error("samples {}:{}: expected FIRST < LAST <= {}, the number of samples that the inputs hold", asked->first,
                 asked->last, all);
  return *asked;
}

/// Counts what a layer's expected mismatches rest on while `diff` runs; nothing where a side is a recording.
Result<std::optional<Characteriser>> make_characteriser(const Sides& sides, std::size_t samples) {
  Session *a = sides.a->session(), *b = sides.b->session();
  if (a == nullptr || b == nullptr) return std::nullopt;
  NPUTWIN_ASSIGN_OR_RETURN(Characteriser made, Characteriser::of(*a, *b, Characteriser::Effort::kAlongside, samples));
  return std::optional<Characteriser>(std::move(made));
}

/// Runs noise where the samples leave open whether an output depends on what goes in.
void see_whether_outputs_move(const Sides& sides, std::span<const Tensor> sample, const Callbacks& callbacks,
                              DiffResult& result) {
  const bool all_moved = std::ranges::all_of(
      result.outputs, [&](const OutputDiff& output) { return result.layers[output.layer].movement.moved; });
  Session* session = sides.a->session() != nullptr ? sides.a->session() : sides.b->session();
  if (!all_moved && session != nullptr)
    probe_movement(*session, session == sides.a->session(), sample, callbacks, result);
}

void add_expectations(const Characteriser& characteriser, DiffResult& result) {
  const auto characters = characteriser.result();
  for (LayerDiff& layer : result.layers) {
    const LayerCharacter& character = characters[layer.node.index];
    if (!character.unknown.empty() || character.elements == 0) continue;
    const auto all = static_cast<double>(layer.isolated.elements());
    layer.expected = character.expected_total() * all / static_cast<double>(character.elements);
  }
}

}  // namespace

Result<Diffed> diff(const DiffOptions& options, const Callbacks& callbacks) {
  Diffed diffed;
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides,
                           open_part(model, options.a, options.b, options.sides, options.until, callbacks));
  diffed.model = sides.model;
  std::optional<Bounds> bounds;
  if (options.bound) {
    NPUTWIN_ASSIGN_OR_RETURN(bounds, Bounds::of(sides));
  }
  NPUTWIN_ASSIGN_OR_RETURN(const SideInputs inputs,
                           SideInputs::open(sides, options.inputs, options.sides.session, callbacks));
  diffed.all = inputs.size();
  NPUTWIN_ASSIGN_OR_RETURN(diffed.samples, checked(options.samples, diffed.all));
  Diff diff(sides);
  NPUTWIN_ASSIGN_OR_RETURN(auto outputs, known_outputs(*sides.model, tensor_specs(*sides.model, options.sides.session),
                                                       options.output_kinds));
  diff.judge(std::move(outputs));
  if (bounds) bounds->watch(diff);
  std::optional<Characteriser> characteriser;
  if (options.expectations) {
    NPUTWIN_ASSIGN_OR_RETURN(characteriser, make_characteriser(sides, diffed.samples.size()));
  }
  if (characteriser) {
    diff.watch([&](NodeId node, std::span<const TensorView> given, std::span<const TensorView> a,
                   std::span<const TensorView> b) {
      if (a.size() == 1) characteriser->count(node, given, a[0], b[0]);
    });
  }
  NPUTWIN_RETURN_IF_ERROR(add_samples(diff, sides, inputs, diffed.samples, callbacks));
  diffed.result = diff.result();
  for (const std::string& note : diffed.result.capture_notes()) callbacks.say(note);
  diffed.stopped = diffed.result.samples < diffed.samples.size();
  diffed.samples.last = diffed.samples.first + diffed.result.samples;
  if (characteriser) add_expectations(*characteriser, diffed.result);
  if (diffed.stopped || diffed.samples.size() == 0) return diffed;
  if (bounds) NPUTWIN_RETURN_IF_ERROR(bounds->add_to(diffed.result, callbacks));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample first, inputs.sample(diffed.samples.first));
  see_whether_outputs_move(sides, first, callbacks, diffed.result);
  if (const auto nearest = options.expectations ? nearest_cpu(options, diffed, first, callbacks) : std::nullopt)
    diffed.result.advice.push_back(*nearest);
  return diffed;
}

}  // namespace nputwin::api
