using NetworkIdentity.Server.Commands;

return await CommandLine.RunAsync(args);
