#include "io/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "tensor/check_booleans.h"

namespace nputwin {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

/// The text after `'key':` in the header's dictionary.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return {};
  header.remove_prefix(at + key.size() + 3);
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

Result<Shape> parse_shape(std::string_view text, const std::string& name) {
  Shape shape;
  const auto malformed = [&] { return error("{}: its .npy header has no valid shape", name); };
  if (text.empty() || text.front() != '(') return malformed();
  text.remove_prefix(1);
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    if (text.empty()) return malformed();
    if (text.front() == ')') return shape;
    std::int32_t d = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), d);
    if (failed != std::errc() || d < 0 || shape.size() >= 8) return malformed();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    shape.push_back(d);
  }
}

struct Header {
  NumberType type;
  bool big_endian = false, fortran = false;
  Shape shape;
};

Result<Header> parse_header(std::string_view text, const std::string& name) {
  Header header;
  std::string_view descr = value_of(text, "descr");
  if (descr.size() < 2 || (descr.front() != '\'' && descr.front() != '"'))
    return error("{}: its .npy header names no element type", name);
  descr = descr.substr(1, descr.find(descr.front(), 1) - 1);
  constexpr std::string_view kKnown[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"};
  const std::string_view order = descr.substr(0, descr.find_first_not_of("<>|="));
  if (order.size() > 1 || std::ranges::find(kKnown, descr.substr(order.size())) == std::end(kKnown))
    return error("{}: has element type '{}', supported: float16/32/64, int8/16/32/64, uint8/16/32/64, bool", name,
                 descr);
  header.type = {descr[order.size()], static_cast<std::size_t>(descr.back() - '0')};
  header.big_endian = order == ">";
  const std::string_view fortran = value_of(text, "fortran_order");
  header.fortran = fortran.starts_with("True");
  if (!header.fortran && !fortran.starts_with("False"))
    return error("{}: its .npy header does not say whether the array is in Fortran order", name);
  NPUTWIN_ASSIGN_OR_RETURN(header.shape, parse_shape(value_of(text, "shape"), name));
  return header;
}

void swap_bytes(std::vector<std::byte>& data, std::size_t width) {
  for (auto first = data.begin(); first != data.end(); first += static_cast<std::ptrdiff_t>(width))
    std::reverse(first, first + static_cast<std::ptrdiff_t>(width));
}

/// Values whose first index runs fastest, in the order in which the last one does.
std::vector<std::byte> from_fortran(const std::vector<std::byte>& data, const Shape& shape, std::size_t width) {
  std::vector<std::byte> ordered(data.size());
  std::vector<std::size_t> index(shape.size());
  for (std::size_t to = 0; to < data.size(); to += width) {
    std::size_t from = 0;
    for (std::size_t d = shape.size(); d-- > 0;) from = from * static_cast<std::size_t>(shape[d]) + index[d];
    std::memcpy(&ordered[to], &data[from * width], width);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < static_cast<std::size_t>(shape[d])) break;
      index[d] = 0;
    }
  }
  return ordered;
}

}  // namespace

bool is_npy(Bytes bytes) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return all.starts_with(kMagic);
}

Result<Array> parse_npy_array(Bytes bytes, const std::string& name) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (all.size() < 12 || !is_npy(bytes)) return error("{}: is not a .npy file", name);
  const bool wide = all[6] >= 2;  // version 1 has a 16-bit header length, later ones 32 bits
  std::uint32_t length = 0;
  std::memcpy(&length, all.data() + 8, wide ? 4 : 2);
  const std::size_t start = wide ? 12 : 10;
  if (length > all.size() - start) return error("{}: its .npy header is cut off", name);
  NPUTWIN_ASSIGN_OR_RETURN(Header header, parse_header(all.substr(start, length), name));
  const std::size_t width = header.type.bytes;
  const auto count = element_count(header.shape);
  const Bytes data = bytes.subspan(start + length);
  if (!count || static_cast<std::uint64_t>(*count) > data.size() / width ||
      static_cast<std::size_t>(*count) * width != data.size()) {
    return error("{}: is {} {}, but {} bytes of data follow its header", name, nputwin::name(header.type),
                 to_string(header.shape), data.size());
  }
  if (header.type.kind == 'b') {
    if (auto s = check_booleans(DType::kBool, data); !s) return in_context(name, s.error());
  }
  if (!header.big_endian && !header.fortran) return array_in_memory(header.type, std::move(header.shape), data);
  std::vector<std::byte> values(data.begin(), data.end());
  if (header.big_endian) swap_bytes(values, width);
  if (header.fortran) values = from_fortran(values, header.shape, width);
  return array_in_memory(header.type, std::move(header.shape), values);
}

Result<Tensor> parse_npy(Bytes bytes, const std::string& name) {
  NPUTWIN_ASSIGN_OR_RETURN(Array array, parse_npy_array(bytes, name));
  return to_tensor(std::move(array), name);
}

std::string npy_bytes(const TensorView& tensor) {
  const Shape& shape = tensor.spec->shape;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                   info(tensor.spec->type).npy, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  header.append((64 - (10 + header.size() + 1) % 64) % 64, ' ');
  header += '\n';
  std::string out(kMagic);
  out += '\x01';
  out += '\x00';
  out += static_cast<char>(header.size() & 255);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  return out;
}

}  // namespace nputwin
