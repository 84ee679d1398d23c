#include "profile/variant.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/file.h"
#include "base/suggestion.h"
#include "profile/alias.h"
#include "profile/parameters.h"
#include "profile/profile_json.h"

namespace nputwin {
namespace {

constexpr std::string_view kNone = "none";

template <typename T>
std::string text_of(const T& value) {
  if constexpr (kIsOptional<T>) {
    return value ? text_of(*value) : std::string(kNone);
  } else if constexpr (NamedEnum<T>) {
    return std::string(name(value));
  } else {
    return fmt::format("{}", value);
  }
}

template <typename T>
Status set_leaf(T& value, std::string_view text, Range range) {
  if constexpr (kIsOptional<T>) {
    if (text == kNone) {
      value.reset();
      return {};
    }
    typename T::value_type inner{};
    NPUTWIN_RETURN_IF_ERROR(set_leaf(inner, text, range));
    value = inner;
  } else if constexpr (std::same_as<T, bool>) {
    if (text != "true" && text != "false") return error("expected true or false, got '{}'", text);
    value = text == "true";
  } else if constexpr (NamedEnum<T>) {
    const auto found = find_named<T>(text);
    if (!found) return error("expected one of {}, got '{}'", fmt::join(kEnumNames<T>, ", "), text);
    value = *found;
  } else {
    int number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size() || number < range.lo || number > range.hi)
      return error("expected a whole number from {} to {}, got '{}'", range.lo, range.hi, text);
    value = number;
  }
  return {};
}

template <typename T>
inline constexpr bool kIsLeaf = !Composite<T>;
template <typename T>
inline constexpr bool kIsLeaf<std::optional<T>> = !Composite<T>;

/// Calls f(path, leaf, range) for all that lies under `value`; optionals that are left out count as leaves.
template <typename T, typename F>
void each_leaf(T& value, const std::string& path, F&& f) {
  each_parameter(value, [&](std::string_view key, auto& field, Range range = {}) {
    using Field = std::remove_cvref_t<decltype(field)>;
    const std::string at = path.empty() ? std::string(key) : path + "." + std::string(key);
    if constexpr (kIsLeaf<Field>) {
      f(at, field, range);
    } else if constexpr (kIsOptional<Field>) {
      if (field) {
        each_leaf(*field, at, f);
      } else {
        f(at, field, range);
      }
    } else {
      each_leaf(field, at, f);
    }
  });
}

/// Makes the optional rules on the way to `path` present. Where the path ends at one, `remove` removes it.
template <typename T>
void open_path(T& value, std::string_view path, bool remove) {
  const std::string_view first = path.substr(0, path.find('.'));
  const bool ends = first.size() == path.size();
  const std::string_view rest = ends ? "" : path.substr(first.size() + 1);
  each_parameter(value, [&](std::string_view key, auto& field, Range = {}) {
    using Field = std::remove_cvref_t<decltype(field)>;
    if (key != first) return;
    if constexpr (!kIsLeaf<Field>) {
      if constexpr (kIsOptional<Field>) {
        if (ends && remove) field.reset();
        if (ends) return;
        if (!field) field.emplace();
        open_path(*field, rest, remove);
      } else if (!ends) {
        open_path(field, rest, remove);
      }
    }
  });
}

/// "a=1,b=2" into pairs.
Result<std::vector<std::pair<std::string_view, std::string_view>>> assignments(std::string_view list) {
  std::vector<std::pair<std::string_view, std::string_view>> result;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    const auto equals = one.find('=');
    if (equals == 0 || equals == std::string_view::npos) return error("'{}': expected PARAMETER=VALUE", one);
    result.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
  }
  return result;
}

Result<Profile> named_or_read(std::string_view text) {
  if (!text.ends_with(".json")) return find_profile(text);
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(std::string(text)));
  const auto bytes = file->bytes();
  auto profile = profile_from_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!profile) return in_context(text, profile.error());
  return profile;
}

/// DELEGATE(PROFILE)+PROFILE, where `open` is the place of the parenthesis.
Result<Profile> placement(std::string_view text, std::size_t open) {
  constexpr std::string_view kShape = "a placement is vx(PROFILE)+PROFILE";
  const std::string_view called = text.substr(0, open);
  const auto delegate = find_named<Delegate>(called);
  if (!delegate || vx_release(*delegate) == nullptr) {
    std::vector<std::string> names;
    names.reserve(kVxReleases.size());
    for (const VxRelease& release : kVxReleases) names.emplace_back(release.name);
    return error("'{}': no delegate is called '{}'{}; {}; the delegates are {}", text, called,
                 did_you_mean(called, names), kShape, fmt::join(names, ", "));
  }
  const auto close = text.find(")+");
  if (close == std::string_view::npos || close + 2 == text.size()) return error("'{}': {}", text, kShape);
  NPUTWIN_ASSIGN_OR_RETURN(Profile chip, resolve_profile(text.substr(open + 1, close - open - 1)));
  if (chip.delegate != Delegate::kNone)
    return error("'{}': {} is a runtime with a delegate of its own, not a chip", text, chip.name);
  chip.fallback = text.substr(close + 2);
  NPUTWIN_RETURN_IF_ERROR(resolve_profile(chip.fallback));
  chip.delegate = *delegate;
  chip.name = fmt::format("{}({})+{}", called, without_alias(text.substr(open + 1, close - open - 1)),
                          without_alias(chip.fallback));
  return chip;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parameter_values(const Profile& profile) {
  std::vector<std::pair<std::string, std::string>> result;
  each_leaf(profile, "", [&](const std::string& path, const auto& leaf, Range) {
    if constexpr (kIsLeaf<std::remove_cvref_t<decltype(leaf)>>) {
      result.emplace_back(path, text_of(leaf));
    } else {
      result.emplace_back(path, kNone);
    }
  });
  return result;
}

Status set_parameter(Profile& profile, std::string_view path, std::string_view value) {
  constexpr std::string_view kOverride = "substitute.";
  if (path.starts_with(kOverride)) {
    const auto family = find_named<Family>(path.substr(kOverride.size()));
    if (!family) return error("'{}': the families are {}", path, fmt::join(kEnumNames<Family>, ", "));
    NPUTWIN_RETURN_IF_ERROR(find_profile(value));
    profile.overrides.emplace_back(*family, value);
    return {};
  }
  const bool remove = value == kNone;
  open_path(profile, path, remove);
  const bool whole = path.find('.') != std::string_view::npos;
  bool found = false, collects = false;
  std::set<std::string> names;
  Status status;
  const auto visit = [&](const std::string& at, auto& leaf, Range range) {
    constexpr bool kLeaf = kIsLeaf<std::remove_cvref_t<decltype(leaf)>>;
    const std::string_view last = std::string_view(at).substr(at.rfind('.') + 1);
    if (collects && kLeaf) names.emplace(last);
    if (collects || (at != path && (whole || last != path))) return;
    if constexpr (kLeaf) {
      found = true;
      if (status) status = set_leaf(leaf, value, range);
    } else {
      found = found || remove;
    }
  };
  each_leaf(profile, "", visit);
  if (!found) {
    collects = true;
    each_leaf(profile, "", visit);
    const std::string hint = did_you_mean(path, std::vector<std::string>(names.begin(), names.end()));
    return error("'{}' is not a parameter{}; full paths: `nputwin profiles show NAME --format json`", path,
                 hint.empty() ? fmt::format("; short names: {}", fmt::join(names, ", ")) : hint);
  }
  if (!status) return in_context(path, status.error());
  return {};
}

void count_as_statement(Profile& profile, const std::string& whose) {
  for (Evidence& e : profile.evidence) {
    if (e.confidence >= Confidence::kStatement) continue;
    e.confidence = Confidence::kStatement;
    e.source = fmt::format("{}; there: {}", whose, e.source);
  }
}

Result<Profile> resolve_profile(std::string_view text) {
  if (is_profile_document(text)) return profile_from_json(text);
  const auto open = text.find('(');
  if (open != std::string_view::npos) return placement(text, open);
  const auto brace = text.find('{');
  if (brace == std::string_view::npos) return named_or_read(text);
  if (!text.ends_with('}')) return error("'{}': a variant is NAME{{PARAMETER=VALUE,…}}", text);
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, named_or_read(text.substr(0, brace)));
  NPUTWIN_ASSIGN_OR_RETURN(const auto changes, assignments(text.substr(brace + 1, text.size() - brace - 2)));
  for (const auto& [path, value] : changes) {
    if (auto status = set_parameter(profile, path, value); !status) return in_context(text, status.error());
  }
  count_as_statement(profile, fmt::format("a variant of {}", profile.name));
  profile.name = without_alias(text);
  return profile;
}

}  // namespace nputwin
