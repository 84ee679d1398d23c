#include "api/command_text.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "analysis/explain/explain.h"
#include "session/control_flow.h"

namespace nputwin::api {
namespace {

std::string repeated(std::string_view option, const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += fmt::format(" {} {}", option, quoted(value));
  return text;
}

std::string mode_text(RuntimeMode mode) {
  return mode == RuntimeMode::kDefault ? "" : fmt::format(" --mode {}", name(mode));
}

std::string until_text(const std::string& until) { return until.empty() ? "" : " --until " + quoted(until); }

/// Whose arithmetic explains the element. What is isolated ran on A's inputs, so a runtime's reference profile is A.
std::string explained_sides(const DiffOptions& options, const DiffResult& result) {
  if (!result.a_is_capture && !result.b_is_capture)
    return fmt::format(" --a {} --b {}", quoted(options.a), quoted(options.b));
  const std::string& profile = result.a_is_capture ? options.b : options.a;
  if (result.reference_profile.empty()) return " --a " + quoted(profile);
  return fmt::format(" --a {} --b {}", quoted(result.reference_profile), quoted(profile));
}

}  // namespace

std::string quoted(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_+=:,./@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string inputs_text(const std::vector<InputArgument>& arguments) {
  std::string text;
  for (const InputArgument& argument : arguments) text += " --input " + quoted(argument.text);
  return text;
}

std::string session_text(const SessionOptions& options) {
  std::string text;
  for (const auto& [input, shape] : options.input_shapes)
    text += " --shape " + quoted(fmt::format("{}={}", input, fmt::join(shape, "x")));
  return text + repeated("--on-cpu", options.on_cpu);
}

std::string comparison_text(const DiffOptions& options) {
  return fmt::format("{} --a {} --b {}{}{}{}{}{}", quoted(options.model.path), quoted(options.a), quoted(options.b),
                     inputs_text(options.inputs), mode_text(options.sides.mode), session_text(options.sides.session),
                     until_text(options.until), repeated("--output-kind", options.output_kinds));
}

std::string explain_command(const DiffOptions& options, const DiffResult& result, const LayerDiff& layer) {
  if (layer.isolated.mismatches() == 0 || is_control_flow(layer.op)) return "";  // of those nothing is explained
  const auto [sample, element] = layer.place_of(layer.isolated.first_mismatch().value_or(0));
  std::string text = fmt::format("{} explain {}{}{}", options.program, quoted(options.model.path),
                                 explained_sides(options, result), inputs_text(options.inputs));
  if (result.samples > 1 || sample > 0) text += fmt::format(" --sample {}", sample);
  text += fmt::format(" --layer {}", layer.node.index);
  if (layer.output != 0) text += fmt::format(" --output {}", layer.output);
  return text + fmt::format(" --index {}", fmt::join(unflatten(layer.shape, element), ",")) +
         session_text(options.sides.session) + until_text(options.until);
}

std::string explain_command(const DiffOptions& options, const DiffResult& result) {
  for (const LayerDiff& layer : result.layers) {
    if (std::string command = explain_command(options, result, layer); !command.empty()) return command;
  }
  return "";
}

}  // namespace nputwin::api
