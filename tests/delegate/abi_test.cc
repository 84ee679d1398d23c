// What apps/delegate states of TensorFlow Lite's C interface, against what abi_headers.py has measured of the real
// headers.

#include <gtest/gtest.h>

#include "base/file.h"
#include "builtin_structs.h"
#include "io/json.h"
#include "support/paths.h"

namespace nputwin::test {
namespace {

struct Member {
  std::string in, name;
  std::size_t offset, bytes;
  bool later;
};

std::vector<Member> stated() {
  return {
#define NPUTWIN_ABI_FIELD(in, name, own) \
  {#in, #name, offsetof(abi::in, own), sizeof(static_cast<abi::in*>(nullptr)->own), false},
#define NPUTWIN_ABI_LATER(in, name, own) \
  {#in, #name, offsetof(abi::in, own), sizeof(static_cast<abi::in*>(nullptr)->own), true},
#define NPUTWIN_ABI_VALUE(name)
#include "delegate/abi_fields.inc"
#undef NPUTWIN_ABI_FIELD
#undef NPUTWIN_ABI_LATER
#undef NPUTWIN_ABI_VALUE
  };
}

std::map<std::string, std::int64_t> stated_values() {
  return {
#define NPUTWIN_ABI_FIELD(in, name, own)
#define NPUTWIN_ABI_LATER(in, name, own)
#define NPUTWIN_ABI_VALUE(name) {#name, static_cast<std::int64_t>(abi::name)},
#include "delegate/abi_fields.inc"
#undef NPUTWIN_ABI_FIELD
#undef NPUTWIN_ABI_LATER
#undef NPUTWIN_ABI_VALUE
  };
}

Json recorded() {
  const auto file = read_file(source_path("tests/delegate/layouts.json"));
  const Bytes bytes = file.value()->bytes();
  return Json::parse(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

TEST(Abi, MembersAreWhereTheRealHeadersHaveThem) {
  const Json layouts = recorded();
  ASSERT_GE(layouts.size(), 4u);
  for (const auto& [release, layout] : layouts.items()) {
    for (const Member& member : stated()) {
      const auto& members = layout.at(member.in);
      if (!members.contains(member.name)) {
        // An older release lacks it: it lies behind all that it has.
        EXPECT_TRUE(member.later) << release << " " << member.in << "::" << member.name;
        continue;
      }
      EXPECT_EQ(members.at(member.name)[0], member.offset) << release << " " << member.in << "::" << member.name;
      EXPECT_EQ(members.at(member.name)[1], member.bytes) << release << " " << member.in << "::" << member.name;
    }
    EXPECT_EQ(layout.at("TfLiteIntArray").at("data")[0], sizeof(abi::TfLiteIntArray)) << release;
  }
}

TEST(Abi, StructsThatWeMakeHaveTheNewestSize) {
  const Json layouts = recorded();
  const auto size_in = [&](const char* release, const char* name) -> std::size_t {
    return layouts.at(release).at(name).at("size");
  };
  constexpr const char* kNewest = "LiteRT 2026-08-21";
  EXPECT_EQ(size_in(kNewest, "TfLiteRegistration"), sizeof(abi::TfLiteRegistration));
  EXPECT_EQ(size_in(kNewest, "TfLiteDelegate"), sizeof(abi::TfLiteDelegate));
  // The runtime has an array of them.
  for (const auto& [release, layout] : layouts.items())
    EXPECT_EQ(layout.at("TfLiteTensor").at("size"), sizeof(abi::TfLiteTensor)) << release;
}

TEST(Abi, ConstantsAreThoseOfTheRealHeaders) {
  const auto own = stated_values();
  const Json layouts = recorded();
  for (const auto& [release, layout] : layouts.items()) {
    for (const auto& [name, value] : layout.at("values").items())
      EXPECT_EQ(own.at(name), value) << release << " " << name;
  }
}

}  // namespace
}  // namespace nputwin::test
