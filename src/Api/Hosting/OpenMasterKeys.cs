using EventMesh.EventStore.Sealing;

namespace EventMesh.Api.Hosting;

/// <summary>The master keys that the settings name; without any, the one kept in the home folder.</summary>
internal static class OpenMasterKeys
{
    public const string FileName = "master-key";
    public const string ErasureFolder = "erasure-keys";

    /// <exception cref="MasterKeysRefused">They cannot be used; or there are none, and the database was sealed with others.</exception>
    public static async Task<IMasterKeys> Of(Settings settings)
    {
        var given = new List<IMasterKeys>();
        if (settings.MasterKeyKms is { } kms) given.Add(new KmsMasterKeys(kms, settings.KmsEndpoint));
        if (settings.MasterKeyFile is { } file) given.Add(new FileMasterKeys(Path.GetFullPath(file)));
        if (settings.MasterKey is { } text) given.Add(new GivenMasterKeys(text, "EVENTMESH_MASTER_KEY"));
        if (given.Count == 0) given.Add(await AtHome(settings).ConfigureAwait(false));
        return given.Count == 1 ? given[0] : new SeveralMasterKeys(given);
    }

    /// <summary>Those of the folder that the settings name; of the home folder when the master key is its own; null: off.</summary>
    /// <exception cref="MasterKeysRefused">The folder cannot be used.</exception>
    public static ErasureKeys? ErasureKeysOf(Settings settings) =>
        settings.ErasureKeys is { } folder ? new(folder)
        : settings is { MasterKeyFile: null, MasterKey: null, MasterKeyKms: null } ? new(Path.Combine(settings.Home, ErasureFolder))
        : null;

    /// <summary>The setting that the current master key came from, or should come from.</summary>
    public static string SettingOf(Settings settings) =>
        settings.MasterKeyKms is not null ? "EVENTMESH_MASTER_KEY_KMS" : settings.MasterKeyFile is not null || settings.MasterKey is null ? "EVENTMESH_MASTER_KEY_FILE" : "EVENTMESH_MASTER_KEY";

    /// <summary>Made only for a database that holds no data key yet: for any other it would be one more key that opens nothing.</summary>
    private static async Task<FileMasterKeys> AtHome(Settings settings)
    {
        var path = Path.Combine(settings.Home, FileName);
        if (File.Exists(path)) return new(path);
        var wrappedBy = await MasterKeyCheck.MasterKeysOf(settings.Postgres, CancellationToken.None).ConfigureAwait(false);
        if (wrappedBy.Count > 0)
            throw new MasterKeysRefused($"""
                The data keys of this database are wrapped by master key '{string.Join("', '", wrappedBy)}', and this node has none: neither EVENTMESH_MASTER_KEY_FILE, EVENTMESH_MASTER_KEY nor EVENTMESH_MASTER_KEY_KMS is set, and {path} does not exist.
                Every node needs the same master key: copy the file of the node that made it, and name it in EVENTMESH_MASTER_KEY_FILE.
                """.ReplaceLineEndings(" "));
        FileMasterKeys.Make(path);
        return new(path);
    }
}
