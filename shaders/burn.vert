#version 300 es
// A box around one burning bubble, from two corners.
uniform vec4 u_box;    // left, top, right, bottom; CSS pixels
uniform vec2 u_scale;  // CSS pixels to clip space, y downwards

out vec2 v_place;  // CSS pixels

void main() {
  v_place = mix(u_box.xy, u_box.zw, vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)));
  gl_Position = vec4(v_place * u_scale + vec2(-1.0, 1.0), 0.0, 1.0);
}
