using System.Collections.Frozen;
using EventMesh.Domain.Access;

namespace EventMesh.Api.Edge;

/// <summary>Who may do what: for each permission whether the platform's admins have it, and which roles of a workspace. Users read it in docs/access.md.</summary>
public static class RoleTable
{
    private const Role Nobody = Role.None, O = Role.Operator, D = Role.Developer, A = Role.Auditor, P = Role.Publisher;

    /// <summary>What the platform's admins may do, whatever the workspace.</summary>
    public enum Admins
    {
        /// <summary>Nothing: it concerns what is in a workspace, and they see no tenant's data.</summary>
        No,

        Yes,

        /// <summary>Only where the workspace has had none yet, so that its first operator can begin.</summary>
        TheFirst,
    }

    /// <param name="Roles">Any of them is enough.</param>
    public sealed record Row(Permission Permission, Admins Admins, Role Roles);

    public static readonly IReadOnlyList<Row> Rows =
    [
        new(Permission.CreateWorkspaces,     Admins.Yes,      Nobody),
        new(Permission.ReadWorkspaces,       Admins.Yes,      O | D | A | P),
        // What a workspace may do is agreed with the platform, not with itself.
        new(Permission.ChangeWorkspaces,     Admins.Yes,      Nobody),
        new(Permission.ReadUsage,            Admins.Yes,      O | A),
        new(Permission.ManageAdmins,         Admins.Yes,      Nobody),
        new(Permission.RotateKeys,           Admins.Yes,      Nobody),
        new(Permission.RotateWorkspaceKey,   Admins.Yes,      O),
        new(Permission.RequestElevation,     Admins.Yes,      Nobody),
        new(Permission.DecideElevation,      Admins.Yes,      O),
        new(Permission.ReadElevations,       Admins.Yes,      O | A),
        new(Permission.ManageProjections,    Admins.Yes,      Nobody),
        new(Permission.ReadPlatformHistory,  Admins.Yes,      Nobody),
        new(Permission.SuspendWorkspaces,    Admins.Yes,      Nobody),
        new(Permission.CloseWorkspaces,      Admins.Yes,      O),

        new(Permission.IssueKeys,            Admins.TheFirst, O),
        new(Permission.WriteKeys,            Admins.No,       O),
        new(Permission.ReadKeys,             Admins.No,       O | A),
        new(Permission.WriteMembers,         Admins.No,       O),
        new(Permission.ReadMembers,          Admins.No,       O | A),

        new(Permission.WriteConnections,     Admins.No,       O | D),
        new(Permission.AuthorizeConnections, Admins.No,       O | D),
        new(Permission.ReadConnections,      Admins.No,       O | D | A),
        new(Permission.WriteSecrets,         Admins.No,       O | D),
        new(Permission.ReadSecrets,          Admins.No,       O | D | A),
        new(Permission.WriteRules,           Admins.No,       O | D),
        new(Permission.ReadRules,            Admins.No,       O | D | A),
        new(Permission.WriteEventTypes,      Admins.No,       O | D),
        new(Permission.ReadEventTypes,       Admins.No,       O | D | A),
        new(Permission.WriteSources,         Admins.No,       O | D),
        new(Permission.ReadSources,          Admins.No,       O | D | A),
        new(Permission.WriteOrigins,         Admins.No,       O),

        new(Permission.PublishEvents,        Admins.No,       P),
        new(Permission.SendSamples,          Admins.No,       O | D),
        new(Permission.ReadEvents,           Admins.No,       O | D | A | P),
        new(Permission.ReadDeliveries,       Admins.No,       O | D | A | P),
        new(Permission.RetryDeliveries,      Admins.No,       O),
        new(Permission.ReadHistory,          Admins.No,       O | A),

        new(Permission.ReadAudit,            Admins.No,       A),
        new(Permission.ReadProof,            Admins.No,       O | A),
        new(Permission.WriteWitnesses,       Admins.No,       O),
        new(Permission.ReadPayloads,         Admins.No,       O | A),
        new(Permission.RevealRawData,        Admins.No,       O | A),
        new(Permission.WriteRedaction,       Admins.No,       O),
        new(Permission.ExportHistory,        Admins.No,       O | A),
        new(Permission.WriteConsumers,       Admins.No,       O | A),
    ];

    private static readonly FrozenDictionary<Permission, Row> ByPermission = Rows.ToFrozenDictionary(r => r.Permission);

    /// <exception cref="InvalidOperationException">The permission is not in the table.</exception>
    public static Row Of(Permission permission) =>
        ByPermission.GetValueOrDefault(permission) ?? throw new InvalidOperationException($"The role table has no row for {permission}.");

    public static bool Has(Permission permission) => ByPermission.ContainsKey(permission);
}
