#include "base/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.h"

extern char** environ;  // NOLINT: POSIX

namespace nputwin {
namespace {

constexpr std::size_t kMostLines = 8;  // of a log, which may hold more than the reason

/// The end of a log, after ": "; nothing where it is empty.
std::string end_of(const std::string& path) {
  const std::string text = last_lines(path, kMostLines);
  return text.empty() ? text : ": " + text;
}

}  // namespace

std::string last_lines(const std::string& path, std::size_t most) {
  const auto file = read_file(path);
  if (!file) return {};
  const auto bytes = (*file)->bytes();
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::size_t from = text.size();
  for (std::size_t k = 0; k < most && from != 0; ++k) {
    const auto newline = text.rfind('\n', from - 1);
    if (newline == std::string_view::npos) return std::string(text);
    from = newline;
  }
  return std::string(text.substr(std::min(text.size(), from + 1)));
}

Status run_program(std::vector<std::string> arguments, const std::string& log) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) return error("'{}' cannot be started: {}", arguments[0], std::strerror(failure));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return error("lost contact with '{}': {}", arguments[0], std::strerror(errno));
  }
  if (WIFSIGNALED(status))
    return error("stopped by signal {} ({}){}", WTERMSIG(status), ::strsignal(WTERMSIG(status)), end_of(log));
  if (WEXITSTATUS(status) != 0) return error("failed{}", end_of(log));
  return {};
}

}  // namespace nputwin
