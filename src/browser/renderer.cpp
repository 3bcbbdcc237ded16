#include "browser/renderer.h"

#include <GLES3/gl3.h>
#include <emscripten/html5.h>
#include <imgui.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "browser/shaders.h"

namespace tacet::browser {
namespace {

// ImGui's atlas has straight alpha; one pass makes it like everything else.
std::vector<std::uint8_t> premultiplied(ImTextureData& texture, int x, int y, int width, int height) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  std::uint8_t* to = out.data();
  for (int row = 0; row < height; ++row) {
    const auto* from = static_cast<const std::uint8_t*>(texture.GetPixelsAt(x, y + row));
    for (int column = 0; column < width; ++column, from += texture.BytesPerPixel, to += 4) {
      if (texture.Format == ImTextureFormat_Alpha8) {
        std::fill(to, to + 4, from[0]);
        continue;
      }
      for (int channel = 0; channel < 3; ++channel) {
        to[channel] = static_cast<std::uint8_t>(from[channel] * from[3] / 255);
      }
      to[3] = from[3];
    }
  }
  return out;
}

void point_at_vertices(std::size_t first_vertex) {
  const auto at = [first_vertex](std::size_t member) {
    return reinterpret_cast<const void*>(first_vertex * sizeof(ImDrawVert) + member);
  };
  constexpr GLsizei stride = sizeof(ImDrawVert);
  glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, stride, at(offsetof(ImDrawVert, pos)));
  glVertexAttribPointer(1, 2, GL_FLOAT, GL_FALSE, stride, at(offsetof(ImDrawVert, uv)));
  glVertexAttribPointer(2, 4, GL_UNSIGNED_BYTE, GL_TRUE, stride, at(offsetof(ImDrawVert, col)));
}

}  // namespace

bool Renderer::start(const char* canvas_selector) {
  EmscriptenWebGLContextAttributes wishes;
  emscripten_webgl_init_context_attributes(&wishes);
  wishes.alpha = false;
  wishes.depth = false;
  wishes.antialias = false;  // ImGui feathers its own edges
  wishes.majorVersion = 2;
  wishes.powerPreference = EM_WEBGL_POWER_PREFERENCE_LOW_POWER;
  context_ = static_cast<int>(emscripten_webgl_create_context(canvas_selector, &wishes));
  if (context_ <= 0) return false;
  emscripten_webgl_make_context_current(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures | ImGuiBackendFlags_RendererHasVtxOffset;
  io.BackendRendererName = "tacet";
  io.Fonts->TexDesiredFormat = ImTextureFormat_Alpha8;
  build();
  return true;
}

void Renderer::build() {
  ui_.build(shaders::kUiVert, shaders::kUiFrag);
  burn_.build(shaders::kBurnVert, shaders::kBurnFrag);
  GLuint names[2];
  glGenBuffers(2, names);
  vertices_ = names[0];
  indices_ = names[1];
  GLuint array = 0;
  glGenVertexArrays(1, &array);
  array_ = array;
  usable_ = true;
}

void Renderer::context_lost() {
  if (!usable_) return;  // ImGui 1.92.2 does not survive being told twice
  usable_ = false;
  ui_.forget();
  burn_.forget();
  for (ImTextureData* texture : ImGui::GetPlatformIO().Textures) {
    if (texture->TexID == ImTextureID_Invalid) continue;
    texture->SetTexID(ImTextureID_Invalid);
    texture->SetStatus(ImTextureStatus_Destroyed);
  }
}

void Renderer::context_restored() {
  if (!usable_) build();
}

void Renderer::update_textures(const ImDrawData& data) {
  if (!data.Textures) return;
  for (ImTextureData* texture : *data.Textures) {
    if (texture->Status != ImTextureStatus_OK) update_texture(*texture);
  }
}

void Renderer::update_texture(ImTextureData& texture) {
  if (texture.Status == ImTextureStatus_WantCreate) {
    GLuint name = 0;
    glGenTextures(1, &name);
    glBindTexture(GL_TEXTURE_2D, name);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    const auto pixels = premultiplied(texture, 0, 0, texture.Width, texture.Height);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, texture.Width, texture.Height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
                 pixels.data());
    texture.SetTexID(name);
    texture.SetStatus(ImTextureStatus_OK);
  } else if (texture.Status == ImTextureStatus_WantUpdates) {
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(texture.TexID));
    for (const ImTextureRect& rect : texture.Updates) {
      const auto pixels = premultiplied(texture, rect.x, rect.y, rect.w, rect.h);
      glTexSubImage2D(GL_TEXTURE_2D, 0, rect.x, rect.y, rect.w, rect.h, GL_RGBA, GL_UNSIGNED_BYTE,
                      pixels.data());
    }
    texture.SetStatus(ImTextureStatus_OK);
  } else if (texture.Status == ImTextureStatus_WantDestroy && texture.UnusedFrames > 0) {
    const auto name = static_cast<GLuint>(texture.TexID);
    glDeleteTextures(1, &name);
    texture.SetTexID(ImTextureID_Invalid);
    texture.SetStatus(ImTextureStatus_Destroyed);
  }
}

void Renderer::draw(const ImDrawData& data, int width, int height, float ratio,
                    const std::vector<ui::Burning>& burning) {
  if (!usable_ || width <= 0 || height <= 0) return;
  update_textures(data);

  glViewport(0, 0, width, height);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  glEnable(GL_BLEND);
  glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA);

  // From ImGui's CSS pixels to the clip space of a canvas of whole device pixels.
  scale_x_ = 2 * ratio / static_cast<float>(width);
  scale_y_ = -2 * ratio / static_cast<float>(height);

  glBindVertexArray(array_);
  for (const ImDrawList* list : data.CmdLists) draw_list(*list, width, height, ratio);
  glDisable(GL_SCISSOR_TEST);
  for (GLuint attribute = 0; attribute < 3; ++attribute) glDisableVertexAttribArray(attribute);
  for (const ui::Burning& bubble : burning) draw_fire(bubble);
  glBindVertexArray(0);
}

void Renderer::draw_list(const ImDrawList& list, int width, int height, float ratio) {
  glBindBuffer(GL_ARRAY_BUFFER, vertices_);
  glBufferData(GL_ARRAY_BUFFER, list.VtxBuffer.size_in_bytes(), list.VtxBuffer.Data, GL_STREAM_DRAW);
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, indices_);
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, list.IdxBuffer.size_in_bytes(), list.IdxBuffer.Data, GL_STREAM_DRAW);
  for (GLuint attribute = 0; attribute < 3; ++attribute) glEnableVertexAttribArray(attribute);
  point_at_vertices(0);
  unsigned first_vertex = 0;

  ui_.use();
  glUniform2f(ui_.uniform("u_scale"), scale_x_, scale_y_);
  glUniform1i(ui_.uniform("u_texture"), 0);
  glActiveTexture(GL_TEXTURE0);
  glEnable(GL_SCISSOR_TEST);

  for (const ImDrawCmd& command : list.CmdBuffer) {
    if (command.UserCallback) {
      if (command.UserCallback != ImDrawCallback_ResetRenderState) command.UserCallback(&list, &command);
      continue;
    }
    const int left = std::max(static_cast<int>(command.ClipRect.x * ratio), 0);
    const int top = std::max(static_cast<int>(command.ClipRect.y * ratio), 0);
    const int right = std::min(static_cast<int>(command.ClipRect.z * ratio + 0.5F), width);
    const int bottom = std::min(static_cast<int>(command.ClipRect.w * ratio + 0.5F), height);
    if (right <= left || bottom <= top) continue;
    glScissor(left, height - bottom, right - left, bottom - top);
    if (command.VtxOffset != first_vertex) {
      first_vertex = command.VtxOffset;
      point_at_vertices(first_vertex);
    }
    glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(command.GetTexID()));
    constexpr GLenum kind = sizeof(ImDrawIdx) == 2 ? GL_UNSIGNED_SHORT : GL_UNSIGNED_INT;
    glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(command.ElemCount), kind,
                   reinterpret_cast<const void*>(command.IdxOffset * sizeof(ImDrawIdx)));
  }
}

void Renderer::draw_fire(const ui::Burning& burning) {
  constexpr float kGlow = 8;  // CSS pixels of light around the bubble
  const ui::Rect& r = burning.bubble;
  burn_.use();
  glUniform2f(burn_.uniform("u_scale"), scale_x_, scale_y_);
  glUniform4f(burn_.uniform("u_box"), r.x - kGlow, r.y - kGlow, r.x + r.w + kGlow, r.y + r.h + kGlow);
  glUniform4f(burn_.uniform("u_bubble"), r.x, r.y, r.x + r.w, r.y + r.h);
  glUniform2f(burn_.uniform("u_origin"), burning.x, burning.y);
  glUniform1f(burn_.uniform("u_progress"), burning.progress);
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

}  // namespace tacet::browser
