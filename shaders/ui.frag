#version 300 es
// Everything on the canvas: glyphs, shapes, and texts drawn by the browser. Textures are premultiplied.
precision mediump float;

uniform sampler2D u_texture;

in vec2 v_uv;
in vec4 v_colour;
out vec4 o_colour;

void main() {
  o_colour = texture(u_texture, v_uv) * v_colour;
}
