#version 300 es
// The fire that eats a message: a ragged glowing front that runs outwards from the ring. Light only, added to what is
// there; the bubble itself is drawn, and taken away, by the interface.
precision highp float;

uniform vec4 u_bubble;     // left, top, right, bottom; CSS pixels
uniform vec2 u_origin;     // where it began
uniform float u_progress;  // 0 to 1

in vec2 v_place;
out vec4 o_colour;

float random(vec2 p) {
  return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453);
}

float noise(vec2 p) {
  vec2 cell = floor(p);
  vec2 f = smoothstep(0.0, 1.0, fract(p));
  float top = mix(random(cell), random(cell + vec2(1.0, 0.0)), f.x);
  float bottom = mix(random(cell + vec2(0.0, 1.0)), random(cell + vec2(1.0, 1.0)), f.x);
  return mix(top, bottom, f.y);
}

void main() {
  vec2 far = max(abs(u_bubble.xy - u_origin), abs(u_bubble.zw - u_origin));
  float reach = length(far) * 1.15;
  float ragged = noise(v_place * 0.09) * 26.0 + noise(v_place * 0.31) * 9.0 - 17.0;
  float front = length(v_place - u_origin) + ragged - u_progress * reach;

  // Only the bubble burns: its rounded outline, a little blurred by the heat.
  vec2 middle = (u_bubble.xy + u_bubble.zw) * 0.5;
  vec2 corner = abs(v_place - middle) - (u_bubble.zw - u_bubble.xy) * 0.5 + 18.0;
  float outside = length(max(corner, 0.0)) + min(max(corner.x, corner.y), 0.0) - 18.0;
  float paper = 1.0 - smoothstep(-2.0, 4.0, outside);

  float core = exp(-front * front / 14.0);
  float glow = exp(-abs(front) / 9.0) * 0.45;
  float sparks = step(0.985, random(floor(v_place / 2.0) + floor(u_progress * 24.0))) * exp(-abs(front + 12.0) / 12.0);
  float fading = 1.0 - smoothstep(0.85, 1.0, u_progress);
  vec3 colour = core * vec3(1.0, 0.82, 0.52) + glow * vec3(0.94, 0.36, 0.12) + sparks * vec3(1.0, 0.6, 0.25);
  o_colour = vec4(colour * paper * fading, core * paper * fading * 0.6);
}
