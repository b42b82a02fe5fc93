"""What the models of the demo `medicine` are made and measured with."""
