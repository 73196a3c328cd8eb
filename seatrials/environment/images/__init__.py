"""The supply of images: looked for locally, then pulled, then built where they cannot be pulled."""
