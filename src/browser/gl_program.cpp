#include "browser/gl_program.h"

#include <GLES3/gl3.h>

#include <cassert>

namespace tacet::browser {
namespace {

GLuint compile(GLenum kind, const char* source) {
  const GLuint shader = glCreateShader(kind);
  glShaderSource(shader, 1, &source, nullptr);
  glCompileShader(shader);
  return shader;
}

}  // namespace

void Program::build(const char* vertex_source, const char* fragment_source) {
  const GLuint vertex = compile(GL_VERTEX_SHADER, vertex_source);
  const GLuint fragment = compile(GL_FRAGMENT_SHADER, fragment_source);
  name_ = glCreateProgram();
  glAttachShader(name_, vertex);
  glAttachShader(name_, fragment);
  glLinkProgram(name_);
#ifndef NDEBUG
  GLint linked = 0;
  glGetProgramiv(name_, GL_LINK_STATUS, &linked);
  assert(linked);
#endif
  glDeleteShader(vertex);
  glDeleteShader(fragment);
}

void Program::use() const {
  glUseProgram(name_);
}

int Program::uniform(const char* name) const {
  return glGetUniformLocation(name_, name);
}

}  // namespace tacet::browser
