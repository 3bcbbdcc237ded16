#include "ui/icons.h"

#include <algorithm>

namespace tacet::ui {
namespace {

constexpr float kPi = 3.14159265f;

// Strokes with round ends and corners; ImGui's own are butt.
class Pen {
 public:
  Pen(Ui& ui, float x, float y, Ink ink, float size, float width = 1.7f)
      : draw_(ui.draw()),
        x_(x - size / 2),
        y_(y - size / 2),
        scale_(size / 20),
        ink_(ink),
        width_(width * scale_) {}

  Pen& line(std::initializer_list<ImVec2> points, bool closed = false) {
    for (const ImVec2& p : points) draw_.PathLineTo(at(p.x, p.y));
    draw_.PathStroke(ink_, closed ? ImDrawFlags_Closed : 0, width_);
    // After the stroke: a circle uses ImGui's path too.
    for (const ImVec2& p : points) draw_.AddCircleFilled(at(p.x, p.y), width_ / 2, ink_, 12);
    return *this;
  }
  // Angles in turns, clockwise from three o'clock.
  Pen& arc(float cx, float cy, float r, float from, float to) {
    draw_.PathArcTo(at(cx, cy), r * scale_, from * 2 * kPi, to * 2 * kPi, 32);
    finish();
    return *this;
  }
  Pen& circle(float cx, float cy, float r) {
    draw_.AddCircle(at(cx, cy), r * scale_, ink_, 40, width_);
    return *this;
  }
  Pen& disc(float cx, float cy, float r) {
    draw_.AddCircleFilled(at(cx, cy), r * scale_, ink_, 24);
    return *this;
  }
  Pen& rect(float left, float top, float w, float h, float corner) {
    const ImVec2 a = at(left, top), b = at(left + w, top + h);
    draw_.AddRect(a, b, ink_, corner * scale_, 0, width_);
    return *this;
  }
  Pen& from(float px, float py) {
    draw_.PathLineTo(at(px, py));
    return *this;
  }
  Pen& to(float px, float py) { return from(px, py); }
  Pen& curve(float ax, float ay, float bx, float by, float cx, float cy) {
    draw_.PathBezierCubicCurveTo(at(ax, ay), at(bx, by), at(cx, cy), 18);
    return *this;
  }
  Pen& finish(bool closed = false) {
    if (draw_._Path.Size > 0) {
      const ImVec2 first = draw_._Path.front(), last = draw_._Path.back();
      draw_.PathStroke(ink_, closed ? ImDrawFlags_Closed : 0, width_);
      draw_.AddCircleFilled(first, width_ / 2, ink_, 12);
      if (!closed) draw_.AddCircleFilled(last, width_ / 2, ink_, 12);
    }
    return *this;
  }

 private:
  [[nodiscard]] ImVec2 at(float px, float py) const { return {x_ + px * scale_, y_ + py * scale_}; }

  ImDrawList& draw_;
  float x_, y_, scale_;
  Ink ink_;
  float width_;
};

void draw_qr(Pen& pen) {
  for (const ImVec2 corner : {ImVec2(3, 3), ImVec2(11.5f, 3), ImVec2(3, 11.5f)}) {
    pen.rect(corner.x, corner.y, 5.5f, 5.5f, 1.4f);
  }
  pen.line({{12, 12}, {12, 13}})
      .line({{16.5f, 12}, {16.5f, 12.2f}})
      .line({{14.3f, 14.4f}, {14.3f, 16.6f}, {12, 16.6f}});
  pen.line({{17, 15}, {17, 17}});
}

}  // namespace

void icon(Ui& ui, Icon which, float x, float y, Ink ink, float size) {
  Pen pen(ui, ui.snap(x), ui.snap(y), ink, size);
  switch (which) {
    case Icon::plus:
      pen.line({{10, 4}, {10, 16}}).line({{4, 10}, {16, 10}});
      break;
    case Icon::sliders:
      pen.line({{3, 6.5f}, {9.6f, 6.5f}}).line({{14.4f, 6.5f}, {17, 6.5f}}).circle(12, 6.5f, 2.2f);
      pen.line({{3, 13.5f}, {5.6f, 13.5f}}).line({{10.4f, 13.5f}, {17, 13.5f}}).circle(8, 13.5f, 2.2f);
      break;
    case Icon::search:
      pen.circle(8.7f, 8.7f, 5.2f).line({{12.7f, 12.7f}, {16.8f, 16.8f}});
      break;
    case Icon::more:
      pen.disc(4.3f, 10, 1.5f).disc(10, 10, 1.5f).disc(15.7f, 10, 1.5f);
      break;
    case Icon::back:
      pen.line({{12.5f, 4}, {6.5f, 10}, {12.5f, 16}});
      break;
    case Icon::chevron:
      pen.line({{7.8f, 5}, {12.8f, 10}, {7.8f, 15}});
      break;
    case Icon::down:
      pen.line({{10, 4}, {10, 16}}).line({{4.8f, 11}, {10, 16.2f}, {15.2f, 11}});
      break;
    case Icon::send:
      pen.line({{10, 16.4f}, {10, 4}}).line({{4.6f, 9.2f}, {10, 3.8f}, {15.4f, 9.2f}});
      break;
    case Icon::flame:
      pen.from(10.4f, 2.4f)
          .curve(11.2f, 5.6f, 15.6f, 7.6f, 15.6f, 12)
          .curve(15.6f, 15.3f, 13.2f, 17.6f, 10, 17.6f);
      pen.curve(6.8f, 17.6f, 4.4f, 15.3f, 4.4f, 12.1f).curve(4.4f, 10, 5.4f, 8.6f, 6.6f, 7.4f);
      pen.curve(6.9f, 8.8f, 7.5f, 9.6f, 8.5f, 10).curve(8.1f, 7, 8.6f, 4.4f, 10.4f, 2.4f).finish(true);
      break;
    case Icon::ring:
      pen.arc(10, 10, 6.6f, -0.25f, 0.5f);
      break;
    case Icon::check:
      pen.line({{4, 10.6f}, {8.2f, 14.8f}, {16, 5.8f}});
      break;
    case Icon::double_check:
      pen.line({{1.8f, 10.8f}, {5.6f, 14.6f}, {12.6f, 6}}).line({{9, 13.6f}, {10.2f, 14.6f}, {17.4f, 6}});
      break;
    case Icon::clock:
      pen.circle(10, 10, 6.8f).line({{10, 6.2f}, {10, 10.2f}, {12.6f, 11.8f}});
      break;
    case Icon::copy:
      pen.rect(7, 7, 9.6f, 9.6f, 2.4f)
          .from(12.9f, 4.4f)
          .curve(12.6f, 3.7f, 12, 3.4f, 11.2f, 3.4f)
          .to(5.6f, 3.4f);
      pen.curve(4.2f, 3.4f, 3.4f, 4.2f, 3.4f, 5.6f)
          .to(3.4f, 11.2f)
          .curve(3.4f, 12, 3.7f, 12.6f, 4.4f, 12.9f)
          .finish();
      break;
    case Icon::qr:
      draw_qr(pen);
      break;
    case Icon::close:
      pen.line({{5, 5}, {15, 15}}).line({{15, 5}, {5, 15}});
      break;
    case Icon::shield:
      pen.from(10, 2.6f).curve(12, 4.2f, 14.2f, 4.9f, 16.2f, 5).curve(16.6f, 10.6f, 14.8f, 15, 10, 17.4f);
      pen.curve(5.2f, 15, 3.4f, 10.6f, 3.8f, 5).curve(5.8f, 4.9f, 8, 4.2f, 10, 2.6f).finish(true);
      pen.line({{7, 10}, {9.2f, 12.2f}, {13.2f, 7.8f}});
      break;
    case Icon::link:
      pen.from(8.4f, 11.6f)
          .curve(7, 10.2f, 7, 8, 8.4f, 6.6f)
          .to(11, 4.1f)
          .curve(12.4f, 2.7f, 14.6f, 2.7f, 15.9f, 4.1f);
      pen.curve(17.3f, 5.4f, 17.3f, 7.6f, 15.9f, 9).to(14.6f, 10.3f).finish();
      pen.from(11.6f, 8.4f)
          .curve(13, 9.8f, 13, 12, 11.6f, 13.4f)
          .to(9, 15.9f)
          .curve(7.6f, 17.3f, 5.4f, 17.3f, 4.1f, 15.9f);
      pen.curve(2.7f, 14.6f, 2.7f, 12.4f, 4.1f, 11).to(5.4f, 9.7f).finish();
      break;
    case Icon::lock:
      pen.rect(4, 8.8f, 12, 8.4f, 2.4f).from(6.7f, 8.8f).to(6.7f, 6.4f).curve(6.7f, 2, 13.3f, 2, 13.3f, 6.4f);
      pen.to(13.3f, 8.8f).finish();
      break;
    case Icon::trash:
      pen.line({{3.6f, 5.4f}, {16.4f, 5.4f}}).line({{7.6f, 5.2f}, {8.1f, 3}, {11.9f, 3}, {12.4f, 5.2f}});
      pen.line({{5.2f, 5.6f}, {6, 17}, {14, 17}, {14.8f, 5.6f}}).line({{8.5f, 9}, {8.5f, 13.6f}});
      pen.line({{11.5f, 9}, {11.5f, 13.6f}});
      break;
    case Icon::alert:
      pen.circle(10, 10, 7).line({{10, 6.2f}, {10, 10.6f}}).disc(10, 13.7f, 1.1f);
      break;
    case Icon::eye_off:
      pen.from(3, 10).curve(5, 6, 7.6f, 4.8f, 10, 4.8f).curve(12.4f, 4.8f, 15, 6, 17, 10).finish();
      pen.from(3, 10).curve(5, 14, 7.6f, 15.2f, 10, 15.2f).curve(12.4f, 15.2f, 15, 14, 17, 10).finish();
      pen.circle(10, 10, 2.3f).line({{4, 16.6f}, {16, 3.4f}});
      break;
  }
}

}  // namespace tacet::ui
