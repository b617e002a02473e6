namespace EventMesh.Api.Edge;

/// <summary>What a route needs. Every route under /v1 names one, and <see cref="RoleTable"/> says who has it.</summary>
public enum Permission
{
    // The platform's.
    CreateWorkspaces, ReadWorkspaces, ChangeWorkspaces, ReadUsage, ManageAdmins, RotateKeys, RotateWorkspaceKey, RequestElevation, DecideElevation, ReadElevations,
    ManageProjections, ReadPlatformHistory, SuspendWorkspaces, CloseWorkspaces,

    // Who may act in a workspace. WriteMembers is also for service accounts, the issuer's keys and trusted providers.
    IssueKeys, WriteKeys, ReadKeys, WriteMembers, ReadMembers,

    // What it is configured with.
    WriteConnections, AuthorizeConnections, ReadConnections, WriteSecrets, ReadSecrets, WriteRules, ReadRules, WriteEventTypes, ReadEventTypes, WriteSources, ReadSources, WriteOrigins,

    // What happens in it.
    PublishEvents, SendSamples, ReadEvents, ReadDeliveries, RetryDeliveries, ReadHistory,

    // Its history, for those who check it and those who take it along. ReadPayloads and RevealRawData show what publishers and targets said, and are recorded.
    ReadAudit, ReadProof, WriteWitnesses, ReadPayloads, RevealRawData, WriteRedaction, ExportHistory, WriteConsumers,
}
