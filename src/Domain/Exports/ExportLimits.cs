namespace EventMesh.Domain.Exports;

/// <summary>What exports may take up.</summary>
public static class ExportLimits
{
    /// <summary>Exports of one workspace that have not ended.</summary>
    public const int RunningMax = 3;

    /// <summary>Exports of one workspace that are kept, those that have not ended among them.</summary>
    public const int KeptMax = 20;

    /// <summary>An ended export, with what of it is kept here, goes after so long. Its history stays.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(7);

    /// <summary>What is kept here of one export.</summary>
    public const long DownloadBytesMax = 10L * 1024 * 1024 * 1024;

    /// <summary>A part ends with the first line behind so many bytes.</summary>
    public const int PartBytes = 6 * 1024 * 1024;

    public const int BucketCharsMax = 63;
    public const int RegionCharsMax = 64;
    public const int PrefixCharsMax = 512;
}
