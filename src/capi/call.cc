// Every verb of the tool.

#include <algorithm>

#include "capi/handles.h"
#include "command/tool.h"

struct nputwin_answer {
  std::string text;
};

namespace nputwin::capi {
namespace {

/// The library's caller: what would be printed is kept, what would be told goes to its function.
class Caller : public command::Host {
 public:
  explicit Caller(const nputwin_context& context) : callbacks_(callbacks_of(context)) {}
  void print(std::string_view text) override { printed += text; }
  void tell(std::string_view text) override {
    const std::string line(text.substr(0, text.find_last_not_of('\n') + 1));
    told += (told.empty() ? "" : "\n") + line;
    callbacks_.say(line);
  }
  void note(std::string_view text) override { tell(text); }
  [[nodiscard]] bool prefers_json() const override { return true; }
  [[nodiscard]] std::size_t columns(std::size_t unknown) const override { return unknown; }
  [[nodiscard]] Callbacks work(const std::string& /*verb*/, const std::string& /*units*/, bool can_end) override {
    Callbacks callbacks = callbacks_;
    callbacks.note = {};
    if (!can_end) callbacks.stop = {};
    return callbacks;
  }

  std::string printed;
  std::string told;

 private:
  Callbacks callbacks_;
};

Result<command::Memory> memory_of(const nputwin_attachment* attachments, std::size_t count) {
  if (count > 0) NPUTWIN_RETURN_IF_ERROR(check_given(attachments, "attachments"));
  command::Memory memory;
  for (std::size_t i = 0; i < count; ++i) {
    NPUTWIN_ASSIGN_OR_RETURN(const nputwin_attachment a,
                             known_part(element_of(attachments, i), kAttachmentSize, "nputwin_attachment"));
    NPUTWIN_RETURN_IF_ERROR(check_given(a.name, "nputwin_attachment.name"));
    const std::string word = std::string(InputArgument::kMemory) + a.name;
    if (word.find_first_of(",=") != std::string::npos)
      return error("attachment '{}': expected a name without '=' and ','", a.name);
    if ((a.model == nullptr) == (a.array == nullptr))
      return error("attachment '{}': expected either a model or an array", a.name);
    if (memory.models.contains(word) || memory.arrays.contains(word))
      return error("attachment '{}' is given twice", a.name);
    if (a.model != nullptr) {
      memory.models[word] = a.model->file;
    } else {
      NPUTWIN_ASSIGN_OR_RETURN(memory.arrays[word], array_of(a.array));
    }
  }
  return memory;
}

Result<std::vector<std::string>> words_of(const char* const* words, std::size_t count) {
  if (count > 0) NPUTWIN_RETURN_IF_ERROR(check_given(words, "words"));
  std::vector<std::string> result{"nputwin"};
  for (std::size_t i = 0; i < count; ++i) {
    NPUTWIN_RETURN_IF_ERROR(check_given(words[i], fmt::format("words[{}]", i)));
    result.emplace_back(words[i]);
    if (result.back() == "-" || result.back().ends_with("=-"))
      return error("'{}': the library neither reads nor writes this process's own streams; expected a file", words[i]);
  }
  return result;
}

}  // namespace
}  // namespace nputwin::capi

using namespace nputwin;
using namespace nputwin::capi;

extern "C" {

nputwin_status nputwin_call(nputwin_context* context, const char* const* words, size_t word_count,
                            const nputwin_attachment* attachments, size_t attachment_count, nputwin_answer** answer) {
  if (answer != nullptr) *answer = nullptr;
  nputwin_status exit = NPUTWIN_OK;
  const nputwin_status done = guarded(context, [&]() -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_given(answer, "answer"));
    NPUTWIN_ASSIGN_OR_RETURN(auto given, words_of(words, word_count));
    NPUTWIN_ASSIGN_OR_RETURN(auto memory, memory_of(attachments, attachment_count));
    Caller caller(*context);
    NPUTWIN_ASSIGN_OR_RETURN(const command::Exit ended, command::call(caller, given, std::move(memory)));
    exit = static_cast<nputwin_status>(ended);
    if (exit == NPUTWIN_FAILED) {
      context->error = caller.told;  // what the words lack, or what the result falls short of
      if (caller.printed.empty()) return {};
    }
    *answer = new nputwin_answer{std::move(caller.printed)};
    return {};
  });
  return done == NPUTWIN_OK ? exit : done;
}

void nputwin_answer_free(nputwin_answer* answer) { delete answer; }

const char* nputwin_answer_text(const nputwin_answer* answer, size_t* size) {
  if (size != nullptr) *size = answer == nullptr ? 0 : answer->text.size();
  return answer == nullptr ? "" : answer->text.c_str();
}

}  // extern "C"
