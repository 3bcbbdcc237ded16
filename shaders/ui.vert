#version 300 es
// ImGui's vertices: position in CSS pixels, straight-alpha colour.
layout(location = 0) in vec2 a_position;
layout(location = 1) in vec2 a_uv;
layout(location = 2) in vec4 a_colour;

uniform vec2 u_scale;  // CSS pixels to clip space, y downwards

out vec2 v_uv;
out vec4 v_colour;  // premultiplied

void main() {
  v_uv = a_uv;
  v_colour = vec4(a_colour.rgb * a_colour.a, a_colour.a);
  gl_Position = vec4(a_position * u_scale + vec2(-1.0, 1.0), 0.0, 1.0);
}
