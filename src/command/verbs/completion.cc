// nputwin completion: what a shell needs to complete nputwin's verbs, options and their values. With the man pages for
// the build, which come from the same definitions.

#include "command/completion.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"
#include "command/arguments.h"
#include "command/manual.h"
#include "profile/alias.h"
#include "profile/profile.h"

namespace nputwin::command {
namespace completion_verb {
namespace {

std::vector<std::string> profile_names() {
  std::vector<std::string> names;
  for (const Profile& profile : builtin_profiles()) names.push_back(profile.name);
  for (const Alias& alias : aliases())
    if (alias.profiles.size() == 1) names.emplace_back(alias.name);
  return names;
}

Status write_into(const std::filesystem::path& folder, const std::string& file, const std::string& text) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return error("{}: {}", folder.string(), failed.message());
  return write_file_whole((folder / file).string(), text);
}

/// Where an installation has them below its share.
Result<Exit> write_documents(const VerbDefinition& program, const std::filesystem::path& share) {
  for (const ManualPage& page : manual(program, "nputwin " NPUTWIN_VERSION))
    NPUTWIN_RETURN_IF_ERROR(write_into(share / "man/man1", page.file, page.text));
  const auto names = profile_names();
  NPUTWIN_RETURN_IF_ERROR(
      write_into(share / "bash-completion/completions", "nputwin", bash_completion(program, names)));
  NPUTWIN_RETURN_IF_ERROR(write_into(share / "zsh/site-functions", "_nputwin", zsh_completion(program, names)));
  NPUTWIN_RETURN_IF_ERROR(
      write_into(share / "fish/vendor_completions.d", "nputwin.fish", fish_completion(program, names)));
  return Exit::kSame;
}

}  // namespace
}  // namespace completion_verb

void add_completion_command(Command root) {
  Command command =
      root.verb("completion", "Print what bash, zsh or fish reads to complete nputwin's verbs and options");
  command.footer(
      "For the shell at hand:\n"
      "  bash  source <(nputwin completion bash)\n"
      "  zsh   source <(nputwin completion zsh), behind compinit\n"
      "  fish  nputwin completion fish | source\n"
      "An installed nputwin has put them where the shells look.");
  auto shell = std::make_shared<std::string>();
  command.option("SHELL", *shell, "Which one").value("SHELL").one_of({kShells.begin(), kShells.end()}).required();
  command.does([shell, root](const Program& program) {
    program.print(completion(*shell, root.definition(), completion_verb::profile_names()));
    return Result<Exit>(Exit::kSame);
  });
  Command documents = root.verb("documents", "Write the man pages and the completions, for the build");
  documents.hide();
  auto folder = std::make_shared<std::string>();
  documents.option("FOLDER", *folder, "Becomes a prefix's share").value("FOLDER").required();
  documents.does(
      [folder, root](const Program&) { return completion_verb::write_documents(root.definition(), *folder); });
}

}  // namespace nputwin::command
