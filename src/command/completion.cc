#include "command/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace nputwin::command {
namespace {

/// What a shell offers for an option's value.
struct Values {
  bool profiles = false, files = false, folders = false;
  std::vector<std::string> words;
};

Values values_of(const OptionDefinition& option) {
  const std::string& word = option.value;
  Values values{word == "PROFILE" || word == "SIDE", false, word == "FOLDER", option.choices};
  values.files = word == "SIDE" || word == "PATH" || word == "PYTHON" || word.find("FILE") != std::string::npos ||
                 word.find("SOURCE") != std::string::npos;
  return values;
}

/// The program and its verbs, those of verbs behind them, but for the hidden ones.
std::vector<const VerbDefinition*> all_verbs(const VerbDefinition& verb) {
  std::vector<const VerbDefinition*> verbs{&verb};
  for (const auto& next : verb.verbs) {
    if (next->hidden) continue;
    for (const VerbDefinition* one : all_verbs(*next)) verbs.push_back(one);
  }
  return verbs;
}

std::vector<std::string> words_of_verbs(const VerbDefinition& verb) {
  std::vector<std::string> words;
  for (const auto& next : verb.verbs)
    if (!next->hidden) words.push_back(next->word());
  return words;
}

/// The verb behind the program's name: "" or "profiles show".
std::string path_of(const VerbDefinition& verb) {
  const std::size_t space = verb.name.find(' ');
  return space == std::string::npos ? "" : verb.name.substr(space + 1);
}

/// `text` in single quotes, as bash and zsh read it.
std::string single_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

/// The pattern of a bash `case` for a verb's option: 'diff --a'|'diff --b'.
std::string bash_case(const VerbDefinition& verb, const OptionDefinition& option) {
  const Values values = values_of(option);
  std::string names;
  for (const std::string& name : option.names)
    names += fmt::format("{}'{}|{}'", names.empty() ? "" : " | ", path_of(verb), name);
  std::string offered;
  if (!values.words.empty()) offered += fmt::format("words='{}'; ", fmt::join(values.words, " "));
  if (values.profiles) offered += "words=$profiles; ";
  if (values.files) offered += "files=-f; ";
  if (values.folders) offered += "files=-d; ";
  return fmt::format("    {}) {};;\n", names, offered);
}

std::string bash_offers(const VerbDefinition& verb) {
  std::vector<std::string> options;
  std::string cases;
  for (const auto& option : verb.options) {
    if (option->positional) continue;
    options.insert(options.end(), option->names.begin(), option->names.end());
    if (!option->value.empty()) cases += bash_case(verb, *option);
  }
  std::string plain =
      fmt::format("options='{}'; words='{}'; ", fmt::join(options, " "), fmt::join(words_of_verbs(verb), " "));
  for (const auto& option : verb.options) {
    const Values values = values_of(*option);
    if (option->positional && values.profiles) plain += "words=$profiles; ";
    if (option->positional && !values.words.empty()) plain += fmt::format("words='{}'; ", fmt::join(values.words, " "));
    if (option->positional && values.files) plain += "files=-f; ";
  }
  return cases + fmt::format("    '{}|'*) {};;\n", path_of(verb), plain);
}

/// zsh's _arguments: a colon or a bracket ends a description.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += (c == ':' || c == '[' || c == ']' || c == '\\') ? fmt::format("\\{}", c) : std::string(1, c);
  return result;
}

std::string zsh_action(const OptionDefinition& option) {
  const Values values = values_of(option);
  if (!values.words.empty()) return fmt::format("({})", fmt::join(values.words, " "));
  if (values.profiles) return values.files ? "_nputwin_sides" : "_nputwin_profiles";
  if (values.files) return "_files";
  return values.folders ? "_files -/" : " ";
}

std::string zsh_arguments(const VerbDefinition& verb) {
  std::string text;
  for (const auto& option : verb.options) {
    const std::string what = zsh_text(option->help);
    if (option->positional) {
      const bool many = option->value.ends_with("...");
      text += fmt::format(" \\\n        {}",
                          single_quoted(fmt::format("{}:{}:{}", many ? "*" : "", zsh_text(option->names.front()),
                                                    zsh_action(*option))));
      continue;
    }
    for (const std::string& name : option->names) {
      const std::string value =
          option->value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option->value), zsh_action(*option));
      text += fmt::format(" \\\n        {}",
                          single_quoted(fmt::format("{}{}[{}]{}", option->repeatable ? "*" : "", name, what, value)));
    }
  }
  return text;
}

std::string zsh_verbs(const VerbDefinition& verb) {
  std::string text;
  for (const auto& next : verb.verbs)
    if (!next->hidden) text += fmt::format(" {}", single_quoted(zsh_text(next->word()) + ":" + next->about));
  return text;
}

std::string fish_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += (c == '\'' || c == '\\') ? fmt::format("\\{}", c) : std::string(1, c);
  return result + "'";
}

std::string fish_values(const OptionDefinition& option) {
  const Values values = values_of(option);
  std::string text;
  if (!option.positional) text += " -r";
  if (!values.files && !values.folders) text += " -f";
  if (values.files) text += " -F";
  if (values.folders) text += " -f -a '(__fish_complete_directories)'";
  if (!values.words.empty()) text += fmt::format(" -a '{}'", fmt::join(values.words, " "));
  if (values.profiles) text += " -a '$__nputwin_profiles'";
  return text;
}

std::string fish_option(const VerbDefinition& verb, const OptionDefinition& option) {
  std::string text = fmt::format("complete -c nputwin -n \"__nputwin_verb '{}'\"", path_of(verb));
  if (!option.positional) {
    for (const std::string& name : option.names)
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    text += " -d " + fish_quoted(option.help);
  }
  return text + (option.value.empty() ? "" : fish_values(option)) + "\n";
}

}  // namespace

std::string bash_completion(const VerbDefinition& program, const std::vector<std::string>& profiles) {
  std::string verbs, offers;
  for (const VerbDefinition* verb : all_verbs(program)) {
    if (!path_of(*verb).empty()) {
      const std::string path = path_of(*verb);
      const std::size_t last = path.rfind(' ');
      verbs += fmt::format("      '{}|{}') verb='{}' ;;\n", last == std::string::npos ? "" : path.substr(0, last),
                           verb->word(), path);
    }
    offers += bash_offers(*verb);
  }
  return fmt::format(R"(# bash completion for nputwin, written by `nputwin completion bash`
_nputwin() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} verb= options= words= files= i
  local profiles='{}'
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$verb|${{COMP_WORDS[i]}}" in
{}    esac
  done
  [[ $before == -* ]] || before=
  case "$verb|$before" in
{}  esac
  [[ $current == -* ]] && words=$options files=
  COMPREPLY=()
  while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen $files -W "$words" -- "$current")
}}
complete -o filenames -F _nputwin nputwin
)",
                     fmt::join(profiles, " "), verbs, offers);
}

std::string zsh_completion(const VerbDefinition& program, const std::vector<std::string>& profiles) {
  std::string cases;
  for (const VerbDefinition* verb : all_verbs(program)) {
    const std::string path = path_of(*verb);
    cases += fmt::format("    '{}')\n", path);
    if (!verb->verbs.empty())
      cases += fmt::format("      (( CURRENT == depth )) && {{ local -a verbs=({}); _describe verb verbs }}\n",
                           zsh_verbs(*verb));
    cases += fmt::format("      _arguments -s{} ;;\n", zsh_arguments(*verb));
  }
  std::string paths;
  for (const VerbDefinition* verb : all_verbs(program)) paths += " " + single_quoted(path_of(*verb));
  return fmt::format(R"(#compdef nputwin
# zsh completion for nputwin, written by `nputwin completion zsh`
_nputwin_profiles() {{ compadd -- {} }}
_nputwin_sides() {{ _nputwin_profiles; _files }}
_nputwin() {{
  local -a paths=({})
  local verb= next
  local -i depth=2
  while (( depth < CURRENT )); do
    next="${{verb:+$verb }}${{words[depth]}}"
    (( ${{paths[(Ie)$next]}} )) || break
    verb=$next
    (( depth++ ))
  done
  words=(nputwin "${{(@)words[depth,-1]}}")
  (( CURRENT -= depth - 2, depth = 2 ))
  case $verb in
{}  esac
}}
if [[ $funcstack[1] == _nputwin ]]; then _nputwin "$@"; else compdef _nputwin nputwin; fi
)",
                     fmt::join(profiles, " "), paths, cases);
}

std::string fish_completion(const VerbDefinition& program, const std::vector<std::string>& profiles) {
  std::string paths, lines;
  for (const VerbDefinition* verb : all_verbs(program)) {
    if (!path_of(*verb).empty()) paths += fmt::format(" '{}'", path_of(*verb));
    for (const auto& next : verb->verbs) {
      if (!next->hidden)
        lines += fmt::format("complete -c nputwin -n \"__nputwin_verb '{}'\" -f -a {} -d {}\n", path_of(*verb),
                             next->word(), fish_quoted(next->about));
    }
    for (const auto& option : verb->options) lines += fish_option(*verb, *option);
  }
  return fmt::format(R"(# fish completion for nputwin, written by `nputwin completion fish`
set -g __nputwin_profiles {}
function __nputwin_verb --description 'Whether the words so far are of this verb'
    set -l paths{}
    set -l verb ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim "$verb $word")
        contains -- "$next" $paths; and set verb "$next"
    end
    test "$verb" = "$argv[1]"
end
{})",
                     fmt::join(profiles, " "), paths, lines);
}

std::string completion(const std::string& shell, const VerbDefinition& program,
                       const std::vector<std::string>& profiles) {
  if (shell == "bash") return bash_completion(program, profiles);
  return shell == "zsh" ? zsh_completion(program, profiles) : fish_completion(program, profiles);
}

}  // namespace nputwin::command
