/** Setting up: goes to the upload page once the last step is done. */

document.addEventListener("end", ({ detail }) => detail?.data && location.assign(detail.data));
