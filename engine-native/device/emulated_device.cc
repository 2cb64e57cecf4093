#include "device/emulated_device.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "device/emulated_text.h"

extern char** environ;

namespace millrace::device {

namespace {

/// Passes over code that might give lanes of one collective different return addresses are off.
constexpr const char* kCompilerFlags[] = {
    "-std=c++20",
    "-O1",
    "-shared",
    "-fPIC",
    "-w",
    "-fvisibility=hidden",
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-fno-thread-jumps",
    "-fno-tree-ch",
    "-fno-exceptions",
};

Status system_error(const std::string& what) {
  return Status::error(ErrorCode::IoError, what, std::strerror(errno));
}

/// 128 bits of FNV-1a, in hex.
std::string key_of(std::string_view text) {
  using u128 = unsigned __int128;
  const u128 prime = (u128{1} << 88) + 0x13b;
  u128 hash = (u128{0x6c62272e07bb0142ull} << 64) + 0x62b821756295c58dull;
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * prime;
  char hex[33];
  std::snprintf(hex, sizeof(hex), "%016llx%016llx", static_cast<unsigned long long>(hash >> 64),
                static_cast<unsigned long long>(hash));
  return hex;
}

std::string compiler() {
  const char* chosen = std::getenv("MILLRACE_EMULATOR_CXX");
  return chosen != nullptr ? chosen : MILLRACE_EMULATOR_CXX;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Runs the compiler; its words go to `log`.
int spawn_and_wait(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  int status = -1;
  const int error = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

class EmulatedKernel : public Kernel {
 public:
  EmulatedKernel(void* library, EmulatedEntry made) : entry(made), library_(library) {}
  ~EmulatedKernel() override { dlclose(library_); }
  const EmulatedEntry entry;
  mutable std::mutex runs;  // shared memory and the lane pointer are the library's

 private:
  void* library_;
};

Result<std::shared_ptr<Kernel>> load(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Status::error(ErrorCode::Internal, std::string("an emulated kernel: ") + dlerror());
  }
  using Address = char* (*)();
  const auto launch = reinterpret_cast<void (*)(const void*)>(dlsym(library, "mr_launch"));
  const auto begin = reinterpret_cast<Address>(dlsym(library, "mr_shared_begin"));
  const auto end = reinterpret_cast<Address>(dlsym(library, "mr_shared_end"));
  auto* state = static_cast<MrState*>(dlsym(library, "mr_state"));
  if (launch == nullptr || begin == nullptr || end == nullptr || state == nullptr) {
    dlclose(library);
    return Status::error(ErrorCode::Internal, "an emulated kernel lacks its entry points");
  }
  return std::shared_ptr<Kernel>(
      std::make_shared<EmulatedKernel>(library, EmulatedEntry{launch, state, begin(), end()}));
}

}  // namespace

Result<std::unique_ptr<EmulatedDevice>> EmulatedDevice::open(Options options) {
  const bool owns_cache = options.cache_dir.empty();
  if (owns_cache) {
    const char* root = std::getenv("TMPDIR");
    std::string pattern = std::string(root != nullptr ? root : "/tmp") + "/millrace-kernels-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) return system_error("cannot make " + pattern);
    options.cache_dir = pattern;
  } else if (mkdir(options.cache_dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("cannot make " + options.cache_dir);
  }
  return std::unique_ptr<EmulatedDevice>(new EmulatedDevice(std::move(options), owns_cache));
}

EmulatedDevice::~EmulatedDevice() {
  if (!owns_cache_) return;
  for (const auto& [key, kernel] : kernels_) {
    unlink((options_.cache_dir + "/" + key + ".so").c_str());
  }
  rmdir(options_.cache_dir.c_str());
}

Result<void*> EmulatedDevice::allocate(size_t size_bytes) {
  constexpr size_t kAlignment = 256;
  const size_t rounded = (size_bytes + kAlignment) / kAlignment * kAlignment;
  void* memory = std::aligned_alloc(kAlignment, rounded);
  if (memory == nullptr) return Status::error(ErrorCode::OutOfMemory);
  // What nobody wrote is not zero by luck.
  std::memset(memory, 0xa5, rounded);
  return memory;
}

void EmulatedDevice::release(void* memory) { std::free(memory); }

Status EmulatedDevice::copy_to_device(void* to, const void* from, size_t size_bytes) {
  if (size_bytes > 0) std::memcpy(to, from, size_bytes);
  return {};
}

Status EmulatedDevice::copy_to_host(void* to, const void* from, size_t size_bytes) {
  if (size_bytes > 0) std::memcpy(to, from, size_bytes);
  return {};
}

Status EmulatedDevice::fill(void* to, uint8_t byte, size_t size_bytes) {
  std::memset(to, byte, size_bytes);
  return {};
}

Status EmulatedDevice::build(const std::string& source, const std::string& library) {
  static std::atomic<uint32_t> next{0};
  const std::string stem =
      library + "." + std::to_string(getpid()) + "." + std::to_string(next.fetch_add(1));
  const std::string source_path = stem + ".cc";
  const std::string log_path = stem + ".log";
  std::ofstream(source_path) << source;
  std::vector<std::string> arguments{compiler()};
  arguments.insert(arguments.end(), std::begin(kCompilerFlags), std::end(kCompilerFlags));
  arguments.insert(arguments.end(), {"-o", stem, source_path});
  const int status = spawn_and_wait(arguments, log_path);
  const std::string log = status == 0 ? "" : read_file(log_path);
  unlink(source_path.c_str());
  unlink(log_path.c_str());
  compile_count_++;
  if (status != 0) {
    unlink(stem.c_str());
    return Status::error(ErrorCode::Internal,
                         "an emulated kernel does not compile with " + arguments[0])
        .with_detail(log);
  }
  if (rename(stem.c_str(), library.c_str()) != 0) return system_error("cannot make " + library);
  return {};
}

Result<std::shared_ptr<Kernel>> EmulatedDevice::compile(std::string_view text,
                                                        std::string_view name) {
  std::string source;
  for (size_t i = 0; i < kEmulatedTextCount; i++) source += kEmulatedTexts[i][1];
  source += "\n#line 1 \"kernel\"\n";
  source += text;
  source +=
      "\nextern \"C\" __attribute__((visibility(\"default\"))) void mr_launch(const void* p) {\n";
  source += "  mr_call(&" + std::string(name) + ", p);\n}\n";
  std::string identity = source + compiler() + __VERSION__;
  for (const char* flag : kCompilerFlags) identity += flag;
  const std::string key = key_of(identity);
  std::shared_ptr<Kernel>& kernel = kernels_[key];
  if (kernel != nullptr) return kernel;
  const std::string library = options_.cache_dir + "/" + key + ".so";
  if (access(library.c_str(), R_OK) != 0) {
    if (Status status = build(source, library); !status.ok()) {
      kernels_.erase(key);
      return status;
    }
  }
  auto loaded = load(library);
  if (loaded.ok()) {
    kernel = loaded.value();
  } else {
    kernels_.erase(key);
  }
  return loaded;
}

Status EmulatedDevice::launch(const Kernel& kernel, LaunchShape shape, const void* parameters,
                              size_t parameter_bytes) {
  if (shape.lane_count == 0 || shape.lane_count % 32 != 0 || shape.lane_count > 1024) {
    return Status::error(ErrorCode::Internal, "a block has no whole number of warps");
  }
  const auto& emulated = static_cast<const EmulatedKernel&>(kernel);
  const std::lock_guard lock(emulated.runs);
  void* aligned = nullptr;
  MR_ASSIGN_OR_RETURN(aligned, allocate(parameter_bytes));
  std::memcpy(aligned, parameters, parameter_bytes);
  Status status;
  {
    EmulatedGrid grid(emulated.entry, shape, options_.order, options_.seed);
    status = grid.run(aligned);
  }
  release(aligned);
  return status;
}

}  // namespace millrace::device
