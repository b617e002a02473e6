namespace EventMesh.Domain.Access;

/// <summary>What somebody is in a workspace. One may have several; a platform admin has none of them.</summary>
[Flags]
public enum Role
{
    None = 0,

    /// <summary>Runs the workspace: views, reruns, manages configuration, members and keys.</summary>
    Operator = 1,

    /// <summary>Builds in it: edits connections, rules, workflows.</summary>
    Developer = 2,

    /// <summary>Reads its history, and changes nothing.</summary>
    Auditor = 4,

    /// <summary>A tenant app: publishes events, and sees what became of them.</summary>
    Publisher = 8,

    All = Operator | Developer | Auditor | Publisher,
}
