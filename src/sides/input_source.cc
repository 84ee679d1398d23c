#include "sides/input_source.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include "base/stream.h"
#include "base/suggestion.h"
#include "sides/inputs/arrays.h"
#include "sides/inputs/source.h"

namespace nputwin {
namespace {

using inputs::Given;
using inputs::Kind;
using inputs::Notes;
using inputs::Source;

Result<Source> open_source(const InputArgument& argument, const Notes& notes) {
  const auto& [text, array] = argument;
  if (array) {
    const Given given = Given::in_memory(text);
    NPUTWIN_RETURN_IF_ERROR(inputs::check_options(given, "an array", "layout quantize"));
    return inputs::array_source(given, array, notes);
  }
  const Given given = Given::parse(text);
  if (const Kind* kind = inputs::kind_of(given)) return inputs::open(*kind, given, notes);
  std::string looks;
  for (const Kind& kind : inputs::kinds()) looks += fmt::format("{}{}", looks.empty() ? "" : ", ", kind.looks);
  return error("'{}' is no input source; expected one of: {}", text, looks);
}

std::vector<std::string> names_of(std::span<const TensorSpec> inputs) {
  std::vector<std::string> names;
  names.reserve(inputs.size());
  for (const TensorSpec& input : inputs) names.push_back(input.name);
  return names;
}

Error no_such_input(const std::string& argument, const std::string& name, std::span<const TensorSpec> inputs) {
  const std::vector<std::string> names = names_of(inputs);
  const std::string hint = did_you_mean(name, names);
  return error("'{}': the model has no input '{}'{}", argument, name,
               hint.empty() ? fmt::format("; its inputs: '{}'", fmt::join(names, "' '")) : hint);
}

/// An error where the argument names a file or a source for an input that the model does not have: its text before a
/// '=' is near to an input's name, or the text behind it is a source.
Status check_name(const std::string& argument, std::span<const TensorSpec> inputs) {
  std::error_code ignored;
  const Given whole = Given::parse(argument);
  const Kind* kind = inputs::kind_of(whole);
  const bool takes_any_text = kind != nullptr && kind->options.empty();  // photo:a=b.png
  if (takes_any_text || is_stream(whole.path) || std::filesystem::exists(whole.path, ignored)) return {};
  const std::vector<std::string> names = names_of(inputs);
  for (std::size_t at = argument.find('='); at != std::string::npos; at = argument.find('=', at + 1)) {
    const std::string name = argument.substr(0, at);
    const Given behind = Given::parse(argument.substr(at + 1));
    const bool is_source = inputs::kind_of(behind) != nullptr &&
                           (kind == nullptr || std::filesystem::exists(behind.path, ignored));  // run=3/x.npy is a file
    if (did_you_mean(name, names).empty() && !is_source) continue;
    return no_such_input(argument, name, inputs);
  }
  return {};
}

/// An error where there is a name in front of an array in memory.
Status check_unnamed(const std::string& argument, std::span<const TensorSpec> inputs) {
  const std::size_t at = argument.rfind(InputArgument::kMemory);
  if (at == std::string::npos || at == 0) return {};
  return no_such_input(argument, argument.substr(0, at - 1), inputs);
}

/// Says of the first sample in which an input has them how many of its numbers are NaN or infinite.
void note_not_finite(const Tensor& tensor, std::size_t n, const Notes& notes) {
  if (tensor.spec.type != DType::kFloat32) return;
  const auto values = tensor.view().as<float>();
  const auto nans = std::ranges::count_if(values, [](float v) { return std::isnan(v); });
  const auto infinite = std::ranges::count_if(values, [](float v) { return std::isinf(v); });
  if (nans + infinite == 0) return;
  notes.say(
      "not finite", tensor.spec,
      fmt::format("warning: sample {} of input '{}' has {} NaN and {} infinite among its {} numbers; later samples "
                  "are not checked",
                  n, tensor.spec.name, nans, infinite, values.size()));
}

InputSamples with_notes(InputSamples samples, const Notes& notes) {
  return {samples.count, [made = std::move(samples.at), notes](std::size_t n) -> Result<Tensor> {
            NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, made(n));
            note_not_finite(tensor, n, notes);
            return tensor;
          }};
}

/// The input that the text before '=' names, where it names one.
std::optional<std::size_t> named_input(std::span<const TensorSpec> inputs, std::string_view argument) {
  // Names may hold '=' and ':', so the longest input name that fits wins.
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const std::string& n = inputs[k].name;
    if (argument.size() > n.size() && argument.starts_with(n) && argument[n.size()] == '=' &&
        (!best || n.size() > inputs[*best].name.size()))
      best = k;
  }
  return best;
}

}  // namespace

std::string input_source_help() {
  std::string text = "SOURCE is the values of one input, or of all inputs that no NAME= names:\n";
  for (const inputs::Kind& kind : inputs::kinds()) text += fmt::format("  {:<18}  {}\n", kind.looks, kind.description);
  return text +
         "Options stand behind a file or a folder: cat.bmp,resize=pillow-bilinear,mean=0\n"
         "An array has the input's shape; a first dimension of 1 may be left out.\n"
         "  layout=nchw|nhwc  The order of its values. [N,C,H,W] for an input [N,H,W,C]\n"
         "                    is recognised where the sizes show it, and brought to NHWC.\n"
         "  quantize=yes      Its numbers are real. They become the input's quantized\n"
         "                    values by its scale and zero point: rounded half to even,\n"
         "                    clamped to the type.\n"
         "  quantize=no       Its numbers are quantized values already, of whatever type.\n"
         "Without quantize, float64 is rounded to float32, and integers of another size\n"
         "are taken where they fit.\n"
         "A picture is resized to the input's height and width; its aspect ratio is not\n"
         "kept. An input of one channel takes green.\n"
         "  resize=METHOD     nearest (the default), pillow-bilinear, pillow-bicubic or\n"
         "                    label_image\n"
         "  mean=M, std=S     Each byte becomes (byte - M) / S; the one that is not given\n"
         "                    is 127.5. float32 gets that number, int8 and uint8 its\n"
         "                    quantized value.\n"
         "Without mean and std, uint8 gets the bytes 0 to 255 as they are, int8 gets\n"
         "byte - 128, and float32 gets (byte - 127.5) / 127.5.\n"
         "photo:FILE resizes to the nearest pixel. uint8 and int8 get the same; float32\n"
         "gets (byte - 128) / 128.\n";
}

Result<Sample> InputSet::sample(std::size_t n) const {
  Sample sample;
  for (const InputSamples& input : inputs_) {
    NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, input.at(input.count == 1 ? 0 : n));
    sample.push_back(std::move(tensor));
  }
  return sample;
}

Result<Sample> InputSet::only_sample() const {
  if (count_ != 1)
    return error("the input holds {} samples, and this command takes one; run and diff take many", count_);
  return sample(0);
}

Result<InputSet> make_inputs(std::span<const TensorSpec> inputs, std::span<const InputArgument> arguments,
                             const Callbacks& callbacks) {
  const Notes notes(callbacks.note);
  std::vector<std::optional<Source>> chosen(inputs.size());
  std::optional<Source> rest;
  std::vector<Source> in_order;
  for (const auto& [argument, array] : arguments) {
    const auto k = named_input(inputs, argument);
    NPUTWIN_RETURN_IF_ERROR(k ? Status() : array ? check_unnamed(argument, inputs) : check_name(argument, inputs));
    NPUTWIN_ASSIGN_OR_RETURN(Source source,
                             open_source({k ? argument.substr(inputs[*k].name.size() + 1) : argument, array}, notes));
    if (k && chosen[*k]) return error("input '{}' is given twice", inputs[*k].name);
    if (k) {
      chosen[*k] = std::move(source);
    } else if (!source.serves_all) {
      in_order.push_back(std::move(source));
    } else if (rest) {
      return error("'{}' and '{}' both name no input; write one as NAME=SOURCE", rest->text, source.text);
    } else {
      rest = std::move(source);
    }
  }
  std::size_t next = 0;
  std::vector<InputSamples> by_input;
  std::size_t count = 1;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!chosen[k] && next < in_order.size()) chosen[k] = std::move(in_order[next++]);
    if (!chosen[k] && rest) chosen[k] = rest;
    if (!chosen[k])
      return error(
          "nothing is given for input '{}' ({} {}); add --input SOURCE, such as noise:1 or a FILE.npy "
          "(`nputwin run --help` lists all)",
          inputs[k].name, name(inputs[k].type), to_string(inputs[k].shape));
    NPUTWIN_ASSIGN_OR_RETURN(InputSamples samples, chosen[k]->make(inputs[k], k));
    if (samples.count > 1 && count > 1 && samples.count != count)
      return error("'{}' holds {} samples, another input {}", chosen[k]->text, samples.count, count);
    count = std::max(count, samples.count);
    by_input.push_back(with_notes(std::move(samples), notes));
  }
  if (next < in_order.size())
    return error("'{}' is one input too many: the model has {}", in_order[next].text, inputs.size());
  InputSet set(std::move(by_input), count);
  NPUTWIN_RETURN_IF_ERROR(set.sample(0));  // what does not fit is said at once
  return set;
}

}  // namespace nputwin
