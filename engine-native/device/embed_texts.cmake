# Writes OUTPUT: an array of (name, text) of FILES (absolute paths, named from ROOT), called ARRAY
# with its count in COUNT, in namespace SPACE, declared in HEADER.
set(code "#include \"${HEADER}\"\n\nnamespace ${SPACE} {\n\n")
string(APPEND code "const std::string_view ${ARRAY}[][2] = {\n")
set(count 0)
foreach(file ${FILES})
  file(READ ${file} text)
  cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${ROOT} OUTPUT_VARIABLE name)
  string(REGEX REPLACE "#pragma once\n" "" text "${text}")
  string(APPEND code "{\"${name}\", R\"__text__(${text})__text__\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
string(APPEND code "};\nconst size_t ${COUNT} = ${count};\n\n}  // namespace ${SPACE}\n")
file(WRITE ${OUTPUT} "${code}")
