// What the compiler's own runtime (libstdc++.a, libgcc_eh.a) takes from the C library of its distribution and glibc 2.28
// lacks. Linked into what is to run there (cmake/portable.cmake), hidden, and nowhere else.

#include <dlfcn.h>
#include <link.h>
#include <sys/random.h>

#include <cstdint>
#include <cstdlib>

extern "C" {

// glibc 2.32. No: the program may start threads at any time, so that counters are atomic.
char __libc_single_threaded = 0;  // NOLINT(bugprone-reserved-identifier): the name it is looked for by

// glibc 2.36; std::random_device takes it.
std::uint32_t arc4random() {
  std::uint32_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) std::abort();
  return value;
}

// glibc 2.35; the unwinder asks which loaded object holds an address, and where its table of frames is. 0: found.
int _dl_find_object(void* address, dl_find_object* result) {  // NOLINT(bugprone-reserved-identifier)
  struct Search {
    std::uintptr_t address;
    dl_find_object* result;
  } search{reinterpret_cast<std::uintptr_t>(address), result};
  const auto visit = [](dl_phdr_info* object, std::size_t, void* context) {
    const auto& wanted = *static_cast<const Search*>(context);
    bool holds = false;
    std::uintptr_t frames = 0;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const auto& part = object->dlpi_phdr[i];
      const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
      if (part.p_type == PT_GNU_EH_FRAME) frames = begin;
      if (part.p_type != PT_LOAD || wanted.address < begin || wanted.address - begin >= part.p_memsz) continue;
      holds = true;
      wanted.result->dlfo_map_start = reinterpret_cast<void*>(begin);
      wanted.result->dlfo_map_end = reinterpret_cast<void*>(begin + part.p_memsz);
    }
    if (!holds || frames == 0) return 0;
    wanted.result->dlfo_flags = 0;
    wanted.result->dlfo_link_map = nullptr;
    wanted.result->dlfo_eh_frame = reinterpret_cast<void*>(frames);
    return 1;
  };
  return dl_iterate_phdr(visit, &search) == 1 ? 0 : -1;
}

}  // extern "C"
