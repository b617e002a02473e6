using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace EventMesh.EventStore.Appending;

/// <summary>
/// The parameters of <c>eventmesh.append_kept</c>: a column each, an entry for every stream, event or payload. Streams stand in the order in which their rows are
/// locked, events in the order of the callers, which their sequence numbers follow.
/// </summary>
internal static class AppendArrays
{
    /// <param name="places">Where the stream of each of <paramref name="appends"/> stands among the streams, from 0.</param>
    public static void Bind(NpgsqlParameterCollection parameters, Append[] appends, int[] places, int eventsCount, int payloadsCount)
    {
        var streams = appends.Length;
        var (tenant, stream, type, expected, count, at) =
            (new string[streams], new string[streams], new string[streams], new long[streams], new long[streams], new DateTime[streams]);
        var (eReq, eTenant, eStream, eVersion, eId, eData, eType, eDotnet) =
            (new int[eventsCount], new string[eventsCount], new string[eventsCount], new long[eventsCount], new Guid[eventsCount], new byte[eventsCount][],
                new string[eventsCount], new string?[eventsCount]);
        var (eAt, eCorrelation, eCausation, eHeaders, eUser) =
            (new DateTime[eventsCount], new string?[eventsCount], new string?[eventsCount], new string?[eventsCount], new string?[eventsCount]);
        var (pReq, pTenant, pId, pDay, pContentType, pBody) =
            (new int[payloadsCount], new string[payloadsCount], new string[payloadsCount], new DateOnly[payloadsCount], new string?[payloadsCount], new ReadOnlyMemory<byte>[payloadsCount]);
        var (pKey, pRetention) = (new int?[payloadsCount], new short[payloadsCount]);
        int e = 0, p = 0, fresh = 0;

        for (var a = 0; a < streams; a++)
        {
            var (append, s) = (appends[a], places[a]);
            var metadata = append.Metadata;
            var (utc, headers) = (metadata.At.UtcDateTime, Headers(metadata));
            (tenant[s], stream[s], type[s], expected[s], count[s], at[s]) = (append.Workspace, append.Stream, append.StreamType, append.ExpectedVersion, append.Events.Count, utc);
            if (append.ExpectedVersion == 0) fresh++;
            for (var n = 0; n < append.Events.Count; n++, e++)
            {
                var added = append.Events[n];
                (eReq[e], eTenant[e], eStream[e], eVersion[e]) = (s + 1, append.Workspace, append.Stream, append.ExpectedVersion + n + 1);
                (eId[e], eData[e], eType[e], eDotnet[e], eAt[e]) = (added.Id, added.Data, added.Type, added.DotnetName, utc);
                (eCorrelation[e], eCausation[e], eHeaders[e], eUser[e]) = (metadata.CorrelationId, metadata.CausationId, headers, metadata.Actor);
            }
            foreach (var payload in append.Payloads)
            {
                (pReq[p], pTenant[p], pId[p], pDay[p], pContentType[p], pBody[p]) = (s + 1, append.Workspace, payload.Id, payload.Day, payload.ContentType, payload.Body);
                (pKey[p], pRetention[p++]) = (payload.Key, (short)payload.RetentionDays);
            }
        }

        parameters.Clear();
        Add(NpgsqlDbType.Varchar, tenant); Add(NpgsqlDbType.Varchar, stream); Add(NpgsqlDbType.Varchar, type);
        Add(NpgsqlDbType.Bigint, expected); Add(NpgsqlDbType.Bigint, count); Add(NpgsqlDbType.TimestampTz, at);
        Add(NpgsqlDbType.Integer, eReq); Add(NpgsqlDbType.Varchar, eTenant); Add(NpgsqlDbType.Varchar, eStream); Add(NpgsqlDbType.Bigint, eVersion);
        Add(NpgsqlDbType.Uuid, eId); Add(NpgsqlDbType.Jsonb, eData); Add(NpgsqlDbType.Varchar, eType); Add(NpgsqlDbType.Varchar, eDotnet);
        Add(NpgsqlDbType.TimestampTz, eAt); Add(NpgsqlDbType.Varchar, eCorrelation); Add(NpgsqlDbType.Varchar, eCausation);
        Add(NpgsqlDbType.Jsonb, eHeaders); Add(NpgsqlDbType.Varchar, eUser);
        Add(NpgsqlDbType.Integer, pReq); Add(NpgsqlDbType.Varchar, pTenant); Add(NpgsqlDbType.Varchar, pId); Add(NpgsqlDbType.Date, pDay);
        Add(NpgsqlDbType.Varchar, pContentType); Add(NpgsqlDbType.Bytea, pBody); Add(NpgsqlDbType.Integer, pKey); Add(NpgsqlDbType.Smallint, pRetention);
        parameters.Add(new NpgsqlParameter<int> { TypedValue = fresh });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = streams - fresh });

        void Add<T>(NpgsqlDbType element, T[] values) =>
            parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | element, TypedValue = values });
    }

    // Absent headers are SQL NULL, as Marten writes them.
    internal static string? Headers(EventMetadata metadata)
    {
        var members = Member("traceparent", metadata.TraceParent) + Member("from", metadata.From) + Member("elevation", metadata.Elevation);
        return members.Length == 0 ? null : $"{{{members.AsSpan(1)}}}";

        static string? Member(string name, string? value) => value is null ? null : $",\"{name}\":\"{JsonEncodedText.Encode(value, JavaScriptEncoder.Default)}\"";
    }
}
