using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery.Exports;

/// <summary>Where the bytes of an export go.</summary>
internal interface IExportPlace
{
    /// <summary>What its object is called; null when it is none.</summary>
    string? Object { get; }

    /// <summary>How many bytes it takes.</summary>
    long BytesMax { get; }

    int PartsMax { get; }

    /// <summary>Makes ready for parts, or finds what was made ready before.</summary>
    /// <returns>The id of the upload, to be written down; null when there is none.</returns>
    /// <exception cref="ExportFailed">It takes none.</exception>
    Task<string?> Open(ExportRow export, CancellationToken stop);

    /// <summary>Takes a part; the same number again takes the place of what was there.</summary>
    /// <returns>What the place calls it, or its sealed bytes to be kept beside what is written down.</returns>
    Task<(string? ETag, byte[]? Sealed)> Put(ExportRow export, int number, byte[] bytes, CancellationToken stop);

    /// <summary>The bytes of a part that was put before; null when they cannot be had here.</summary>
    Task<byte[]?> Get(ExportRow export, int number, CancellationToken stop);

    /// <summary>All parts are there.</summary>
    Task Complete(ExportRow export, IReadOnlyList<ExportPart> parts, CancellationToken stop);

    /// <summary>Destroys what was put: it will not be whole.</summary>
    Task Abort(ExportRow export, LeaseSession lease, CancellationToken stop);
}
