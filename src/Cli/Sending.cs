using System.Net.Http.Headers;
using System.Text;

namespace EventMesh.Cli;

/// <summary>
/// Sends events. A request that found no server is sent again, and only here: the id of an event comes from its CloudEvent source and id,
/// so an event that did arrive the first time is answered as a duplicate and not published twice.
/// </summary>
internal static class Sending
{
    private const int AttemptsMax = 6;

    public static async Task<Answer> Send(Call call, string body, string mediaType)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType, "utf-8"));
                return await call.Client.Post(call.InWorkspace($"events"), content, call.Cancel);
            }
            catch (Failure failure) when (failure.Code == ExitCode.Unreachable && attempt < AttemptsMax)
            {
                if (attempt > 1)
                    await Task.Delay(Pause(attempt), call.Cancel);
            }
        }
    }

    /// <summary>The first repeat comes at once (a connection that was closed while idle), then after 0.2, 0.4, 0.8 and 1.6 s.</summary>
    private static TimeSpan Pause(int attempt) => TimeSpan.FromSeconds(0.1 * (1 << (attempt - 1)));
}
