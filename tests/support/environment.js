// Gives programs under Node the environment that native ones have.
Module.preRun = [function () { if (typeof ENV === 'object') Object.assign(ENV, process.env); }];
