#include "api/harden.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "api/file_hardening.h"
#include "api/harden_sets.h"
#include "base/folder.h"

namespace nputwin::api {
namespace {

std::string loss_text(const HardenedModel& model) {
  std::string text;
  for (const PriceStep& step : model.steps)
    text += fmt::format("{}{} {:.2f} dB", text.empty() ? "" : ", ", step.added, step.median_loss.value_or(0));
  return text;
}

/// Whether more profiles cost nothing that is no noise, and take equality from no op. Not where the loss is not known.
bool is_free(const PriceStep& before, const PriceStep& now) {
  constexpr double kNoise = 0.1;  // dB of the median over tensors
  return before.median_loss && now.median_loss && *now.median_loss - *before.median_loss <= kNoise &&
         now.left <= before.left && now.left_ops <= before.left_ops &&
         now.even_weights + now.re_rounded <= before.even_weights + before.re_rounded;
}

/// The number of a text, 0 or more; an error names the option.
Result<std::optional<double>> limit_of(const std::string& text) {
  if (text.empty()) return std::optional<double>();
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !(value >= 0))
    return error("--max-loss-db '{}': expected a number of dB, 0 or more", text);
  return std::optional<double>(value);
}

Status check_loss(const HardenedModel& model, const std::optional<double>& most) {
  if (!most) return {};
  const auto loss = model.price->median_loss();
  if (!loss)
    return error(
        "{}: --max-loss-db: the loss is not known: {}", model.path,
        model.price->no_numbers.empty() ? "nothing differs from the network in numbers" : model.price->no_numbers);
  if (*loss <= *most) return {};
  return error(
      "{}: --max-loss-db {}: the median of the tensors loses {:.2f} dB for these profiles, so no file was written; "
      "with each one added: {}",
      model.path, *most, *loss, loss_text(model));
}

/// What would only be noticed once all is done.
Status check_output(const HardenOptions& options) {
  const std::filesystem::path output = options.output;
  std::error_code unknown;
  if (is_stdout(options.output)) return error("--output: stdout has the report; name a file");
  if (options.models.size() == 1) {
    if (std::filesystem::is_directory(output, unknown) || output.filename().empty())
      return error("{}: is a folder; expected the file to write", options.output);
    const auto folder = output.parent_path();
    if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
      return error("{}: no folder {} to write to", options.output, folder.string());
    return {};
  }
  if (is_file(options.output)) return error("{}: is a file; several models are written to a folder", options.output);
  std::set<std::filesystem::path> names;
  for (const ModelFile& model : options.models) {
    const auto name = std::filesystem::path(model.path).filename();
    if (!names.insert(name).second)
      return error("{}: another model is called {}, too, and both are written to {}", model.path, name.string(),
                   options.output);
  }
  return {};
}

/// Adds every profile that costs nothing beside those that were asked for.
Status add_free_profiles(FileHardening& file, const std::vector<int>& free) {
  const PriceStep asked = file.model().steps.back();
  PriceStep accepted = asked;
  for (const std::string& name : all_free_candidates()) {
    std::vector<std::string> profiles = file.model().profiles;
    if (std::ranges::find(profiles, name) != profiles.end()) continue;
    if (file.has_already(name)) {
      file.add_for_nothing(name, accepted);
      continue;
    }
    FileHardening::State before = file.state();
    profiles.push_back(name);
    Status hardened = file.harden_for(profiles, free);  // which fails where the profile cannot run the model
    if (hardened) hardened = file.add_step(name);
    NPUTWIN_RETURN_IF_ERROR(file.stop_if_interrupted());
    PriceStep& step = file.model().steps.back();
    if (hardened && is_free(asked, step)) {
      accepted = step;
      continue;
    }
    if (hardened) step.kept = false;
    file.restore(std::move(before));
  }
  return {};
}

/// Hardens one file for the profiles, one more at a time, and then for those that cost nothing.
Status harden_step_by_step(FileHardening& file, const HardenSet& set, const std::optional<double>& most_loss,
                           const std::vector<int>& free) {
  std::vector<std::string> profiles{set.profiles[0]};
  bool has_all = true;  // of the profiles so far: the file is hardened for them, not found to be equal on them
  for (std::size_t n = 1; n < set.profiles.size(); ++n) {
    profiles.push_back(set.profiles[n]);
    has_all = n == 1 || !file.has_already(profiles.back());
    if (!has_all) {
      file.add_for_nothing(profiles.back(), PriceStep(file.model().steps.back()));
      continue;
    }
    NPUTWIN_RETURN_IF_ERROR(file.harden_for(profiles, free));
    NPUTWIN_RETURN_IF_ERROR(file.add_step(profiles.back()));
  }
  // What suits fewer profiles may be another file, equal though it is: hardened once more, it is to stay as it is.
  if (!has_all) NPUTWIN_RETURN_IF_ERROR(file.harden_for(profiles, free));
  if (set.all_free) NPUTWIN_RETURN_IF_ERROR(add_free_profiles(file, free));
  NPUTWIN_RETURN_IF_ERROR(file.measure(SIZE_MAX));
  return check_loss(file.model(), most_loss);
}

}  // namespace

Result<Hardened> harden(const HardenOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const HardenSet set, harden_set(options.profiles));
  NPUTWIN_ASSIGN_OR_RETURN(const auto most_loss, limit_of(options.max_loss_db));
  NPUTWIN_RETURN_IF_ERROR(check_output(options));
  if (options.models.size() > 1 && !options.float_weights.empty())
    return error("--float-weights: expected one model, got {}; harden them one by one", options.models.size());
  std::vector<FileHardening> files;
  files.reserve(options.models.size());
  for (const ModelFile& model : options.models)
    NPUTWIN_RETURN_IF_ERROR(files.emplace_back(options, callbacks).read(model));
  std::vector<std::vector<Joint>> joints(files.size());  // of each file with the one before it
  for (std::size_t i = 1; i < files.size(); ++i) {
    joints[i] = joints_of(files[i - 1].file(), files[i].file());
    if (joints[i].empty())
      return error("{} and {}: no outputs of the first are the second's inputs, of one type, shape and scale",
                   options.models[i - 1].path, options.models[i].path);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    FileHardening& file = files[i];
    std::optional<InputSet> inputs;
    if (i > 0) {
      file.give(files[i - 1].scales_of(joints[i], file.file()));
      NPUTWIN_ASSIGN_OR_RETURN(inputs, files[i - 1].outputs_as_inputs(joints[i]));
    }
    NPUTWIN_RETURN_IF_ERROR(file.open_inputs(std::move(inputs), set.profiles));
    std::vector<int> free;
    if (i + 1 < files.size()) {
      for (const Joint& joint : joints[i + 1]) free.push_back(file.file().outputs[joint.output]);
    }
    NPUTWIN_RETURN_IF_ERROR(harden_step_by_step(file, set, most_loss, free));
    NPUTWIN_RETURN_IF_ERROR(file.finish());
    NPUTWIN_RETURN_IF_ERROR(file.stop_if_interrupted());
  }
  Hardened hardened;
  const bool several = files.size() > 1;
  if (several) NPUTWIN_RETURN_IF_ERROR(make_folder(options.output));
  for (FileHardening& file : files) {
    const std::filesystem::path name = std::filesystem::path(file.model().path).filename();
    file.model().written = several ? (std::filesystem::path(options.output) / name).string() : options.output;
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(file.model().written, file.bytes()));
    hardened.models.push_back(std::move(file.model()));
  }
  return hardened;
}

}  // namespace nputwin::api
