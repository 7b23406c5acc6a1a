/** The parts of ECharts that a series needs; a chunk of its own, loaded when the first series is in view. */
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import { GraphicComponent, GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, CustomChart, GridComponent, GraphicComponent, SVGRenderer]);

export { init };
