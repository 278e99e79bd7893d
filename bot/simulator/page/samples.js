// A picture for those who have none at hand: a drawn shelf with some gaps, different every time.
export function samplePhoto() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 960, height: 720 });
  const pen = canvas.getContext("2d");
  const wall = pen.createLinearGradient(0, 0, 0, 720);
  wall.addColorStop(0, "#f4efe6");
  wall.addColorStop(1, "#d9cfbf");
  pen.fillStyle = wall;
  pen.fillRect(0, 0, 960, 720);
  const colours = ["#8c5a3c", "#2f6f62", "#c98b2f", "#5a4a7f", "#b5473f"];
  for (let shelf = 0; shelf < 3; shelf += 1) {
    const floor = 220 + shelf * 220;
    let x = 50;
    while (x < 880) {
      const width = 48 + Math.random() * 42, height = 92 + Math.random() * 64;
      if (Math.random() > 0.18) {
        pen.fillStyle = colours[Math.floor(Math.random() * colours.length)];
        pen.fillRect(x, floor - height, width, height);
        pen.fillStyle = "rgba(255,255,255,.75)";
        pen.fillRect(x + 8, floor - height * 0.66, width - 16, height * 0.24);
      }
      x += width + 10;
    }
    pen.fillStyle = "#7b5a3a";
    pen.fillRect(28, floor, 904, 16);
    pen.fillStyle = "rgba(0,0,0,.12)";
    pen.fillRect(28, floor + 16, 904, 8);
  }
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}
