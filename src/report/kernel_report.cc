#include "report/kernel_report.h"

#include <fmt/format.h>

namespace nputwin::report {
namespace {

std::string form_text(std::string_view role, const KernelForm& form) {
  std::string text = fmt::format("    {} {}", role, form.name);
  if (form.isa != "scalar") text += fmt::format(" on {}", form.isa);
  text += '\n';
  for (const auto& refusal : form.refused) text += fmt::format("      not {}: {}\n", refusal.form, refusal.reason);
  return text;
}

Json form_json(const KernelForm& form) {
  Json json{{"form", form.name}, {"isa", form.isa}};
  auto& refused = json["refused"] = Json::array();
  for (const auto& refusal : form.refused) refused.push_back({{"form", refusal.form}, {"reason", refusal.reason}});
  return json;
}

}  // namespace

std::string kernel_text(const std::optional<KernelForm>& kernel) {
  if (!kernel) return "    kernel none: the values are known before anything runs\n";
  std::string text = form_text("kernel", *kernel);
  for (const KernelForm& epilogue : kernel->epilogues) text += form_text("epilogue", epilogue);
  return text;
}

Json kernel_json(const std::optional<KernelForm>& kernel) {
  if (!kernel) return {{"form", "constant"}};
  Json json = form_json(*kernel);
  if (kernel->epilogues.empty()) return json;
  auto& epilogues = json["epilogues"] = Json::array();
  for (const KernelForm& epilogue : kernel->epilogues) epilogues.push_back(form_json(epilogue));
  return json;
}

}  // namespace nputwin::report
