using EventMesh.Cli;

return await EventMeshCommand.Run(args, Terminal.OfThisProcess());
